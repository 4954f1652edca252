extension String {
    /// What a terminal may be sent: one line, without the characters that steer a terminal or turn the direction of
    /// writing. Others' text (names of roles, titles, URLs) is never shown without this.
    var printable: String {
        var text = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: text.append(" ")
            case .format, .privateUse, .surrogate, .unassigned: break
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}
