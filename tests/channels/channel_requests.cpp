// Makes requests for the judges of this folder: channel_requests CHANNEL < lines
// A line is {"notice": {"id", "topic", "title", "text", "language", "link", "lifetime_s",
// "urgency"}, "now": seconds, ...}, with what the channel needs beside it. Prints a line {"url",
// "headers", "body"} for each, the body in base64, or {"error"} with the reason.
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "channels/apns.h"
#include "channels/fcm.h"
#include "channels/web_push.h"
#include "codec/json.h"
#include "codec/text.h"

namespace {

using namespace altis;
using codec::Json;

// What a channel makes of a line.
using Maker = std::function<Json(const Json& line)>;

std::string text(const Json& object, std::string_view key) {
    return std::string(object[key].as_string());
}

channels::Notice notice_of(const Json& line) {
    const Json& from = line["notice"];
    return {.id = text(from, "id"),
            .topic = text(from, "topic"),
            .title = text(from, "title"),
            .text = text(from, "text"),
            .language = text(from, "language"),
            .link = text(from, "link"),
            .lifetime = seconds(from["lifetime_s"].as_int()),
            .urgency = static_cast<channels::Urgency>(from["urgency"].as_int(1))};
}

Time now_of(const Json& line) {
    return Time{} + seconds(line["now"].as_int());
}

Json shown(const Result<channels::OutboundRequest>& request) {
    if (!request) return Json::object({{"error", request.error().reason}});
    Json headers = Json::object();
    for (const auto& [name, value] : request->headers)
        headers.set(name, value);
    return Json::object(
        {{"url", request->url}, {"headers", headers}, {"body", codec::to_base64(request->body)}});
}

// Beside the notice: "address" {"endpoint", "p256dh", "auth"}. The first line of output is the
// public key.
Maker web_push() {
    auto sender = std::make_shared<channels::WebPush>(
        channels::WebPush::create({1}, "mailto:push@games.example").value());
    std::cout << Json(sender->public_key()).to_string() << "\n";
    return [sender](const Json& line) {
        const Json& address = line["address"];
        return shown(sender->make(
            {text(address, "endpoint"), text(address, "p256dh"), text(address, "auth")},
            notice_of(line), now_of(line)));
    };
}

// The first line describes the app: {"app": {"team", "key_id", "bundle", "key", "server"}}; nothing
// is made of it. Beside the notice of the others: "device".
Maker apns() {
    auto sender = std::make_shared<std::optional<channels::Apns>>();
    return [sender](const Json& line) {
        if (*sender)
            return shown((*sender)->make(text(line, "device"), notice_of(line), now_of(line)));
        const Json& app = line["app"];
        sender->emplace(
            channels::Apns::create({text(app, "team"), text(app, "key_id"), text(app, "bundle"),
                                    text(app, "key"), text(app, "server")})
                .value());
        return Json();
    };
}

// The first line gives {"account", "server", "now"}; its answer asks for a token. A line
// {"token_answer", "now"} hands it over. Beside the notice of the others: "device".
Maker fcm() {
    auto sender = std::make_shared<std::optional<channels::Fcm>>();
    return [sender](const Json& line) {
        if (!*sender) {
            sender->emplace(
                channels::Fcm::create(text(line, "account"), text(line, "server")).value());
            return shown((*sender)->token_request(now_of(line)));
        }
        if (line.contains("token_answer"))
            return Json(
                (*sender)->accept_token(text(line, "token_answer"), now_of(line)).has_value());
        return shown((*sender)->make(text(line, "device"), notice_of(line), now_of(line)));
    };
}

const std::map<std::string, Maker (*)(), std::less<>> kChannels = {
    {"apns", apns}, {"fcm", fcm}, {"web_push", web_push}};

}  // namespace

int main(int argc, char** argv) {
    const auto channel = argc == 2 ? kChannels.find(argv[1]) : kChannels.end();
    if (channel == kChannels.end()) {
        std::cerr << "usage: channel_requests CHANNEL < lines\n";
        return 2;
    }
    const Maker make = channel->second();
    for (std::string line; std::getline(std::cin, line);) {
        const auto read = codec::parse_json(line);
        if (!read) {
            std::cerr << read.error().message << "\n";
            return 1;
        }
        std::cout << make(*read).to_string() << std::endl;  // whoever asks may wait for it
    }
    return 0;
}
