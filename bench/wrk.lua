-- Each request of wrk: forms with ids and sessions of their own, counted by status.
-- wrk -s wrk.lua URL -- METHOD SALT SESSIONS-FILE

local method, salt, sessions, sent = "GET", "", {}, 0
local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init(args)
    method, salt = args[1] or "GET", args[2] or ""
    failed = 0
    if args[3] then
        for line in io.lines(args[3]) do
            local cookie, token = line:match("(%S+) (%S+)")
            table.insert(sessions, {cookie = cookie, token = token})
        end
    end
end

function request()
    sent = sent + 1
    local session = sessions[sent % math.max(#sessions, 1) + 1] or {}
    wrk.headers["Cookie"] = session.cookie
    if method == "GET" then
        return wrk.format("GET")
    end
    local id = string.format("%s-0000-4000-8000-%012x", salt, sent)
    local body = "id=" .. id .. "&token=" .. (session.token or "")
        .. "&firstname=Ada&lastname=Lovelace&email=ada%40example.org&age=36&location=London"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
    return wrk.format("POST", nil, nil, body)
end

function response(status)
    if status ~= 200 and status ~= 303 then
        failed = failed + 1
    end
end

function done(summary, latency)
    local refused = 0
    for _, thread in ipairs(threads) do
        refused = refused + thread:get("failed")
    end
    local errors = summary.errors
    io.write(string.format(
        '\nRESULT {"requests": %d, "seconds": %.6f, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
        summary.requests, summary.duration / 1e6,
        refused + errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000
    ))
end
