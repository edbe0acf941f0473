package import SystemSupport

/// What an output says of how it was made.
package struct MetadataRecord: Sendable {
  /// The program and its version.
  package let software: String
  /// Names of small letters and underscores, with what they say.
  package let fields: [(name: String, value: JSON)]

  package init(software: String, fields: [(name: String, value: JSON)]) {
    self.software = software
    self.fields = fields
  }

  /// The key under which a PNG has the record.
  static let keyword = "upscale"

  /// The record in one line.
  var text: String { JSON.members(fields.map { ($0.name, $0.value) }).text }

  /// The fields as text.
  var values: [(name: String, value: String)] {
    fields.map { name, value in
      if case .string(let text) = value { return (name, text) }
      return (name, value.text)
    }
  }
}
