// The tools that assistants may call: each is a question to the HTTP interface, under the key of
// who asks, so a tool never knows more than its caller.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "server/http.h"

namespace altis::service::mcp {

constexpr std::size_t kMaxArgumentBytes = 200;  // of one argument of a tool

struct Parameter {
    std::string_view name;
    std::string_view description;
    bool is_required = true;
};

struct Tool {
    std::string_view name;
    std::string_view title;
    std::string_view description;
    std::span<const Parameter> parameters;  // all are texts
};

std::span<const Tool> tools();
const Tool* find_tool(std::string_view name);  // null when unknown

// As `tools/list` shows it: name, title, description, inputSchema, annotations.
codec::Json to_json(const Tool& tool);

// One question to the HTTP interface: a path with its query.
struct Question {
    std::string path;
    server::Fields query;
};

// What a tool asks, one question for each of its answers. Fails with "mcp.arguments_invalid",
// naming the argument.
Result<std::vector<Question>> questions_of(const Tool& tool, const codec::Json& arguments);

// The tool's result from the bodies of the answers: structured content with the records' own ids,
// versions and status, and the same as text.
Result<codec::Json> result_of(const Tool& tool, const codec::Json& arguments,
                              std::vector<codec::Json> answers);

// A tool's failure, for the model to read: what went wrong and what to do.
codec::Json failure_of(std::string_view message);

}  // namespace altis::service::mcp
