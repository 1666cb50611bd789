import Assets
import HTTPServer

/// How the page is served: it may run its own script and style, ask its own server, and nothing else.
enum PagePolicy {
    /// Of the contents of the page's one `<style>` and one `<script>`; `make test-page` says when they are wrong.
    private static let styleHash = "sha256-EOTGs/ZYslIvyyJgSGj1t5sQEp+N8S8OHZuQ4vnsyHs="
    private static let scriptHash = "sha256-GNh1rWi59BpGwO/BipNfrqSIOS6RzIDr1G8k3COQakY="

    private static let policy = [
        "default-src 'none'", "style-src '\(styleHash)'", "script-src '\(scriptHash)'", "connect-src 'self'",
        "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static let response = Response(
        .ok,
        fields: """
            Content-Type: text/html; charset=utf-8\r
            Cache-Control: no-store\r
            Vary: Accept\r
            Content-Security-Policy: \(policy)\r
            X-Content-Type-Options: nosniff\r
            Referrer-Policy: no-referrer\r\n
            """,
        body: .bytes(Assets.page))
}
