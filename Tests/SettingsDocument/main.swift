// Prints the table of all settings, for `./build.sh docs`.
print(SettingsTable.lines.joined(separator: "\n"))
