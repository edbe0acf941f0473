// Signatures of this library name types of these two modules, so importing it imports them as well.
@_exported public import Pictures
@_exported public import SystemSupport
