import ArgumentParser

/// How log lines are written.
enum LogFormat: String, ExpressibleByArgument {
    case text
    case json
}
