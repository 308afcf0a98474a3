// altis rooms sql | verify.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "app/client.h"
#include "app/commands.h"
#include "app/commands_crossing.h"
#include "app/data_folder.h"
#include "cleanroom/crossing/report.h"
#include "cleanroom/privacy/budget.h"
#include "cleanroom/receipt.h"
#include "cleanroom/sql/room_question.h"
#include "codec/text.h"

namespace altis::app {
namespace {

using codec::Json;

std::string number(const Json& value) {
    return value.is_null() ? std::string("?") : fmt::format("{}", value.as_double());
}

std::string cell(const Json& value) {
    if (value.is_string()) return std::string(value.as_string());
    if (value.contains("withheld")) return "withheld";
    return fmt::format("{} [{} .. {}]", number(value["value"]), number(value["low"]),
                       number(value["high"]));
}

void print_rows(const Json& table) {
    std::vector<std::vector<std::string>> lines(1);
    for (const Json& name : table["columns"].items())
        lines.front().emplace_back(name.as_string());
    for (const Json& row : table["rows"].items()) {
        lines.emplace_back();
        for (const Json& value : row.items())
            lines.back().push_back(cell(value));
    }
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            std::size_t width = 0;
            for (const auto& other : lines)
                width = std::max(width, other[i].size());
            fmt::print("{:<{}}  ", line[i], width);
        }
        fmt::print("\n");
    }
    const Json& answer = table["answer"];
    fmt::print("epsilon {}, {} withheld; {}\n", answer["epsilon"].as_string(),
               answer["withheld"].as_int(), answer["trust"].as_string());
    if (answer.contains("note")) fmt::print("{}\n", answer["note"].as_string());
}

Result<Json> body_of(const SqlCommand& command) {
    TRY(const cleanroom::MicroEpsilon epsilon, cleanroom::parse_epsilon(command.epsilon));
    Json body = Json::object({{"statement", command.statement}, {"epsilon_micro", epsilon}});
    if (command.bounds.empty()) return body;
    TRY(Json bounds, codec::parse_json(command.bounds));
    return body.set("bounds", std::move(bounds));
}

Result<Json> ask(const Target& target, const SqlCommand& command) {
    TRY(const Json body, body_of(command));
    TRY(Endpoint endpoint, find_endpoint(target));
    const std::string path = "/v1/rooms/" + path_segment(command.room) + "/sql";
    return Client(std::move(endpoint))
        .send(server::Method::kPost, path + (command.explains ? "/explanations" : ""),
              "application/json", body.to_string());
}

}  // namespace

int rooms_sql(const Target& target, const SqlCommand& command, Output output) {
    const auto answer = ask(target, command);
    if (!answer) return report_error(answer.error());
    if (output == Output::kJson || command.explains) {
        fmt::print("{}\n", answer->to_pretty_string());
    } else {
        print_rows(*answer);
    }
    return kExitSuccess;
}

int verify_room_answer(const std::string& file, Output output) {
    const auto bytes = platform::read_file(platform::real_file_system(), file);
    if (!bytes) return report_error(bytes.error());
    const auto read = codec::parse_json(*bytes);
    if (!read) return report_error(read.error());
    if (cleanroom::crossing::is_report(*read)) return verify_crossing(*read, output);
    // That of a statement stands beside its rows.
    const Json answer = read->contains("answer") ? (*read)["answer"] : *read;
    const std::string hex(answer["receipt"]["public_key"].as_string());
    const auto key_bytes = codec::from_hex(hex);
    crypto::PublicKey key{};
    const bool has_key = key_bytes && key_bytes->size() == key.size();
    if (has_key) std::copy(key_bytes->begin(), key_bytes->end(), key.begin());
    auto verified = has_key ? cleanroom::verify_answer(answer, key)
                            : Result<void>(fail(Code::kInvalid, "receipt.malformed",
                                                "the file holds no answer with a receipt"));
    if (verified && read->contains("rows")) verified = cleanroom::sql::check_table(*read, answer);
    if (output == Output::kJson) {
        fmt::print("{}\n", Json::object({{"genuine", verified.has_value()}, {"public_key", hex}})
                               .to_pretty_string());
    }
    if (!verified) return report_error(verified.error());
    if (output == Output::kText) {
        fmt::print("genuine: signed by {}; compare this key with the operator's\n", hex);
    }
    return kExitSuccess;
}

}  // namespace altis::app
