// Whoever imports this library gets the pictures it takes and gives, and the files and limits of memory
// that its signatures speak of, without an import of their own.
@_exported public import Pictures
@_exported public import SystemSupport
