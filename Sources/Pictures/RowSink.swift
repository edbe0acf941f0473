package import SystemSupport

/// Takes the next rows of a picture, from the top on: whole rows, packed, in the native byte order.
package typealias RowSink = (UnsafeRawBufferPointer) throws(UpscaleError) -> Void
