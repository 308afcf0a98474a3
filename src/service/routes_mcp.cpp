// The endpoint for assistants: POST /mcp, both generations of the Model Context Protocol. Without
// sessions and without streams, so any instance answers any request.
#include <memory>

#include "service/api.h"
#include "service/mcp/protocol.h"
#include "service/mcp/tools.h"
#include "service/postman.h"

namespace altis::service {
namespace {

using codec::Json;
using mcp::Message;
using server::Method;
using server::Request;
using server::Responder;
using server::Response;

constexpr std::int64_t kToolsTtlMs = 3'600'000;  // the list changes with the program only

// What the tools may reach: reading official data, nothing else.
std::shared_ptr<const server::Router> readable_routes(Services& services) {
    auto routes = std::make_shared<server::Router>();
    for (const auto add : {add_results_routes, add_medals_routes, add_persons_routes,
                           add_schedule_routes, add_answers_routes, add_subscriptions_routes}) {
        add(*routes, services);
    }
    return routes;
}

// A tool at work: asks one question after the other.
struct Calling {
    std::shared_ptr<const server::Router> routes;
    Message message;
    const mcp::Tool* tool = nullptr;
    std::vector<mcp::Question> questions;
    std::string authorization;
    std::string request_id;
    Responder respond;
    std::vector<Json> answers = {};
};
using Shared = std::shared_ptr<Calling>;

void finish(const Calling& calling, const Result<Json>& result) {
    calling.respond(
        mcp::answer(calling.message, result ? *result : mcp::failure_of(result.error().message)));
}

void ask_next(const Shared& calling);

void take_answer(const Shared& calling, const Response& response) {
    auto body = codec::parse_json(response.body);
    if (response.status != 200 || !body) {
        const std::string why = body ? std::string((*body)["detail"].as_string()) : "no answer";
        return finish(*calling, fail(Code::kInvalid, "mcp.tool_failed", why));
    }
    calling->answers.push_back(std::move(*body));
    if (calling->answers.size() < calling->questions.size()) return ask_next(calling);
    finish(*calling, mcp::result_of(*calling->tool, calling->message.params["arguments"],
                                    std::move(calling->answers)));
}

void ask_next(const Shared& calling) {
    mcp::Question& question = calling->questions[calling->answers.size()];
    Request request;
    request.path = std::move(question.path);
    request.query = std::move(question.query);
    request.headers = {{"Authorization", calling->authorization}};
    request.request_id = calling->request_id;
    auto match = calling->routes->match(request);
    if (match.handler == nullptr) return take_answer(calling, server::empty_response(404));
    (*match.handler)(std::move(request), Responder([calling](const Response& response) {
                         take_answer(calling, response);
                     }));
}

void call_tool(const std::shared_ptr<const server::Router>& routes, const Request& request,
               Message message, const Responder& respond) {
    const mcp::Tool* const tool = mcp::find_tool(message.params["name"].as_string());
    if (tool == nullptr) {
        return respond(mcp::refuse({message.id,
                                    mcp::ErrorCode::kInvalidParams,
                                    "there is no tool of this name; tools/list names them",
                                    {},
                                    message.generation}));
    }
    auto questions = mcp::questions_of(*tool, message.params["arguments"]);
    if (!questions) {
        return respond(mcp::answer(message, mcp::failure_of(questions.error().message)));
    }
    ask_next(std::make_shared<Calling>(
        Calling{routes, std::move(message), tool, std::move(*questions),
                std::string(request.header("Authorization")), request.request_id, respond}));
}

Json tool_list() {
    Json list = Json::array();
    for (const mcp::Tool& tool : mcp::tools())
        list.push(mcp::to_json(tool));
    return Json::object({{"tools", std::move(list)}});
}

// What is answered without asking anybody; nothing for a method that is unknown to its generation.
std::optional<Response> plain_answer(const Message& message) {
    if (message.method == "tools/list")
        return mcp::cacheable_answer(message, tool_list(), kToolsTtlMs);
    if (message.generation == mcp::Generation::kStateless) {
        if (message.method != "server/discover") return std::nullopt;
        return mcp::cacheable_answer(message, mcp::discover_result(), kToolsTtlMs);
    }
    if (message.method == "initialize")
        return mcp::answer(message, mcp::initialize_result(message.params));
    if (message.method == "ping") return mcp::answer(message, Json::object());
    return std::nullopt;
}

void handle(const std::shared_ptr<const server::Router>& routes, const Request& request,
            const Responder& respond) {
    auto message = mcp::read_message(request);
    if (!message) return respond(mcp::refuse(message.error()));
    if (message->id.is_null()) return respond(server::empty_response(202));
    if (message->method == "tools/call")
        return call_tool(routes, request, std::move(*message), respond);
    if (auto answer = plain_answer(*message)) return respond(std::move(*answer));
    respond(mcp::refuse({message->id,
                         mcp::ErrorCode::kMethodNotFound,
                         "this server has tools; its methods are tools/list and tools/call",
                         {},
                         message->generation}));
}

Error unknown_origin() {
    return {Code::kDenied, "mcp.origin",
            "a browser's page may ask from this machine or from [channels] public_url alone"};
}

}  // namespace

void add_mcp_routes(server::Router& router, Services& services) {
    router.add(
        Method::kPost, "/mcp",
        [&services, routes = readable_routes(services)](Request&& request,
                                                        const Responder& respond) {
            if (!mcp::is_known_origin(request.header("Origin"), services.postman.public_url())) {
                return respond(server::problem(unknown_origin()));
            }
            with_caller(
                services, std::move(request), "results", respond,
                [routes, respond](Request&& known, auto) { handle(routes, known, respond); });
        });
}

}  // namespace altis::service
