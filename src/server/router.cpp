#include "server/router.h"

#include <array>
#include <atomic>
#include <map>

#include "base/assert.h"
#include "server/target.h"

namespace altis::server {

struct Responder::State {
    explicit State(std::function<void(Response)> to) : deliver(std::move(to)) {}
    ~State() {
        if (!answered.exchange(true)) {
            deliver(problem(500, "server.no_answer",
                            "The server gave no answer to this request; please report it."));
        }
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::atomic<bool> answered = false;
    std::function<void(Response)> deliver;
};

Responder::Responder(std::function<void(Response)> deliver)
    : state_(std::make_shared<State>(std::move(deliver))) {}

void Responder::operator()(Response response) const {
    if (!state_->answered.exchange(true)) state_->deliver(std::move(response));
}

void Responder::operator()(Result<Response> response) const {
    (*this)(response ? std::move(*response) : problem(response.error()));
}

namespace {

constexpr std::size_t kMethods = static_cast<std::size_t>(Method::kOther);

// One pattern with its handlers by method.
struct Route {
    std::string pattern;
    std::vector<std::string> names;  // of the parameters, left to right
    std::array<Handler, kMethods> handlers;
    CrossOrigin cross_origin = CrossOrigin::kNo;

    const Handler* find(Method method) const {
        if (method == Method::kOther) return nullptr;
        const Handler& handler = handlers[static_cast<std::size_t>(method)];
        if (!handler && method == Method::kHead) return find(Method::kGet);
        return handler ? &handler : nullptr;
    }
};

// One segment deep in the tree of patterns.
struct Node {
    std::map<std::string, Node, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    Route* here = nullptr;
    Route* rest = nullptr;  // takes everything below
};

using Segments = std::vector<std::string_view>;

// Segments between slashes; the one slash at either end does not count.
Segments split_path(std::string_view path) {
    Segments segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty()) return segments;
    while (true) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool is_rest(std::string_view segment) {
    return is_parameter(segment) && segment.ends_with("...}");
}

// A found route and the raw texts of its parameters.
struct Found {
    const Route* route = nullptr;
    Segments values;
};

// The path from segment `depth` on; empty behind the last one.
std::string_view rest_of(const Segments& segments, std::size_t depth) {
    if (depth == segments.size()) return {};
    const char* begin = segments[depth].data();
    const char* end = segments.back().data() + segments.back().size();
    return {begin, static_cast<std::size_t>(end - begin)};
}

// Walks down `segments` from `depth`; `path` is where they are views into.
bool walk(const Node& node, const Segments& segments, std::size_t depth, Found& found) {
    if (depth == segments.size()) {
        found.route = node.here;
        if (found.route != nullptr) return true;
    } else {
        const auto literal = node.literals.find(segments[depth]);
        if (literal != node.literals.end() && walk(literal->second, segments, depth + 1, found)) {
            return true;
        }
        if (node.parameter && !segments[depth].empty()) {
            found.values.push_back(segments[depth]);
            if (walk(*node.parameter, segments, depth + 1, found)) return true;
            found.values.pop_back();
        }
    }
    if (node.rest == nullptr) return false;
    found.route = node.rest;
    found.values.push_back(rest_of(segments, depth));
    return true;
}

std::string allowed_methods(const Route& route) {
    std::string allowed = "OPTIONS";
    for (std::size_t i = 0; i < kMethods; ++i) {
        const auto method = static_cast<Method>(i);
        if (method == Method::kOptions || route.find(method) == nullptr) continue;
        allowed.append(", ").append(to_string(method));
    }
    return allowed;
}

Response options_response(const Route& route) {
    Response response = empty_response();
    const std::string allowed = allowed_methods(route);
    response.headers.emplace_back("Allow", allowed);
    if (route.cross_origin == CrossOrigin::kNo) return response;
    response.headers.emplace_back("Access-Control-Allow-Methods", allowed);
    response.headers.emplace_back("Access-Control-Allow-Headers",
                                  "Authorization, Content-Type, Content-Encoding, Last-Event-ID, "
                                  "X-Request-Id, X-Retry-Count, X-Write-Key, AnonymousId, "
                                  "SP-Anonymous");
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    return response;
}

Response wrong_method(const Route& route, const Request& request) {
    const std::string allowed = allowed_methods(route);
    Response response =
        problem(405, "http.method_not_allowed",
                route.pattern + " does not take " + std::string(to_string(request.method)) +
                    "; it takes " + allowed + ".");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

Result<void> set_parameters(const Found& found, Request& request) {
    for (std::size_t i = 0; i < found.values.size(); ++i) {
        TRY(auto value, decode_percent(found.values[i], Plus::kKept));
        request.parameters.emplace(found.route->names[i], std::move(value));
    }
    return {};
}

}  // namespace

struct Router::Impl {
    Node root;
    std::vector<std::unique_ptr<Route>> routes;

    Route& route_of(std::string_view pattern);
};

// The route of a pattern, made when it is new.
Route& Router::Impl::route_of(std::string_view pattern) {
    ALTIS_ASSERT(pattern.starts_with('/'));
    Node* node = &root;
    Route** place = nullptr;
    std::vector<std::string> names;
    for (const std::string_view segment : split_path(pattern)) {
        ALTIS_ASSERT(place == nullptr);  // "{rest...}" stands last
        if (is_rest(segment)) {
            names.emplace_back(segment.substr(1, segment.size() - 5));
            place = &node->rest;
        } else if (is_parameter(segment)) {
            names.emplace_back(segment.substr(1, segment.size() - 2));
            if (!node->parameter) node->parameter = std::make_unique<Node>();
            node = node->parameter.get();
        } else {
            node = &node->literals[std::string(segment)];
        }
    }
    if (place == nullptr) place = &node->here;
    if (*place == nullptr) {
        routes.push_back(std::make_unique<Route>());
        routes.back()->pattern = pattern;
        routes.back()->names = std::move(names);
        *place = routes.back().get();
    }
    ALTIS_ASSERT((*place)->pattern == pattern);
    return **place;
}

Router::Router() : impl_(std::make_unique<Impl>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, Handler handler,
                 CrossOrigin cross_origin) {
    ALTIS_ASSERT(method != Method::kOther && handler != nullptr);
    Route& route = impl_->route_of(pattern);
    Handler& place = route.handlers[static_cast<std::size_t>(method)];
    ALTIS_ASSERT(place == nullptr);
    place = std::move(handler);
    if (cross_origin == CrossOrigin::kYes) route.cross_origin = cross_origin;
}

void Router::add_stream(std::string_view pattern, StreamAuthoriser authorise,
                        CrossOrigin cross_origin) {
    const auto handler = [authorise = std::move(authorise)](Request&& request,
                                                            const Responder& respond) {
        Result<std::string> stream = authorise(request);
        respond(stream ? event_stream(std::move(*stream)) : problem(stream.error()));
    };
    add(Method::kGet, pattern, handler, cross_origin);
}

Match Router::match(Request& request) const {
    Found found;
    if (!walk(impl_->root, split_path(request.path), 0, found)) {
        return {"unmatched", nullptr,
                problem(404, "http.not_found",
                        "Nothing is at this address; see /v1 in the API description."),
                CrossOrigin::kNo};
    }
    const Route& route = *found.route;
    request.route = route.pattern;
    Match match{route.pattern, route.find(request.method), {}, route.cross_origin};
    if (auto set = set_parameters(found, request); !set) {
        match.handler = nullptr;
        match.answer = problem(set.error());
    } else if (match.handler == nullptr) {
        match.answer = request.method == Method::kOptions ? options_response(route)
                                                          : wrong_method(route, request);
    }
    return match;
}

std::vector<std::string_view> Router::patterns() const {
    std::vector<std::string_view> patterns;
    for (const auto& route : impl_->routes)
        patterns.emplace_back(route->pattern);
    return patterns;
}

}  // namespace altis::server
