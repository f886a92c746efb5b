import Glibc

enum Machine {
    /// The processor, the number of its cores, and their load.
    static var description: String {
        get throws {
            let processors = try File.text("/proc/cpuinfo")
            let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }
            let name = model?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown processor"
            let load = try File.text("/proc/loadavg").split(separator: " ").first ?? "?"
            return "\(name), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, load \(load)"
        }
    }
}
