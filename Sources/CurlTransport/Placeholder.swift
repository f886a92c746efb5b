import CCurl
public func curlVersion() -> String { String(cString: curl_version()) }
