-- What wrk sends, and what it reports: one line of JSON on its last line. By environment, so that one script serves
-- all peers: LOAD_METHOD, LOAD_BODY, LOAD_CLOSE (non-empty: a connection for each request).
wrk.method = os.getenv("LOAD_METHOD") or "GET"
-- A POST says how long its body is, if only 0; a GET has none.
if wrk.method ~= "GET" then
    wrk.body = os.getenv("LOAD_BODY") or ""
end
if (os.getenv("LOAD_CLOSE") or "") ~= "" then
    wrk.headers["Connection"] = "close"
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"seconds":%.6f,"p50":%.6f,"p99":%.6f,"refused":%d,"failed":%d}\n',
        summary.requests, summary.duration / 1e6,
        latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
