// Which handler answers which method and path. Filled once by the composition root, then only read.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http.h"

namespace altis::server {

// Takes the one answer to one request. Copies share the same request. May be called from any
// thread, at any later time, also after the client left or the server stopped (then nothing
// happens); a second call is ignored. When the last copy goes without a call, the client gets 500
// "server.no_answer".
class Responder {
  public:
    // `deliver` is called at most once, on the thread that answers.
    explicit Responder(std::function<void(Response)> deliver);

    void operator()(Response response) const;
    // A failure is answered as problem(error).
    void operator()(Result<Response> response) const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

// Runs on a server thread and must not block there: work that waits or takes over a millisecond
// belongs on a worker, which calls the responder when it is done. Must not throw.
using Handler = std::function<void(Request&&, Responder)>;

// Decides who may read a stream and names it; runs on a server thread.
using StreamAuthoriser = std::function<Result<std::string>(const Request&)>;

// Whether pages of other origins may call a route (CORS): answers name the page that asked in
// Access-Control-Allow-Origin ("*" when it did not say), also for requests with credentials, and
// OPTIONS answers a preflight that allows Authorization. For ingest of events.
enum class CrossOrigin : std::uint8_t { kNo, kYes };

// What the router found for a request.
struct Match {
    std::string_view pattern;          // of the route, or "unmatched"; lives as long as the router
    const Handler* handler = nullptr;  // set when a handler shall answer
    std::optional<Response> answer;    // set when the router itself answers
    CrossOrigin cross_origin = CrossOrigin::kNo;
};

class Router {
  public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    // Adds a route. A pattern segment "{name}" takes any one segment; a last segment "{name...}"
    // takes the rest of the path, also an empty one. A segment written out wins over a parameter.
    // Asserts that the pattern is well-formed and the method is not taken yet.
    void add(Method method, std::string_view pattern, Handler handler,
             CrossOrigin cross_origin = CrossOrigin::kNo);

    // Adds a GET route that turns into the event stream which `authorise` names, or answers its
    // error.
    void add_stream(std::string_view pattern, StreamAuthoriser authorise,
                    CrossOrigin cross_origin = CrossOrigin::kNo);

    // Finds who answers, and sets the request's `route` and `parameters`. A slash at the end of the
    // path is ignored and never redirected. HEAD is served by GET; OPTIONS by the router; an
    // unknown path is 404 "http.not_found", a method without handler 405 "http.method_not_allowed"
    // with Allow.
    Match match(Request& request) const;

    // All patterns, in the order they were added, each once.
    std::vector<std::string_view> patterns() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace altis::server
