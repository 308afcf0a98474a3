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
#include "channels/email.h"
#include "channels/fcm.h"
#include "channels/web_push.h"
#include "codec/json.h"
#include "codec/text.h"
#include "crypto/private_key.h"

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

// The first line gives {"settings": {"name", "address", "domain", "selector", "kind"}}, `kind`
// being rsa or ed25519; a new key is made, and {"record_name", "record"} printed. Beside the notice
// of the others: "to" and "unsubscribe_url"; printed is {"message"}.
Maker email() {
    auto sender = std::make_shared<std::optional<channels::Email>>();
    return [sender](const Json& line) {
        if (*sender) {
            const auto message = (*sender)->make(text(line, "to"), notice_of(line),
                                                 text(line, "unsubscribe_url"), now_of(line));
            if (!message) return Json::object({{"error", message.error().reason}});
            return Json::object({{"message", *message}});
        }
        const Json& from = line["settings"];
        const auto kind =
            text(from, "kind") == "rsa" ? crypto::KeyKind::kRsa : crypto::KeyKind::kEd25519;
        sender->emplace(channels::Email::create({text(from, "name"), text(from, "address"),
                                                 text(from, "domain"), text(from, "selector"),
                                                 crypto::PrivateKey::make(kind).pem()})
                            .value());
        return Json::object({{"record_name", (*sender)->dkim().record_name()},
                             {"record", (*sender)->dkim().record()}});
    };
}

const std::map<std::string, Maker (*)(), std::less<>> kChannels = {
    {"apns", apns}, {"email", email}, {"fcm", fcm}, {"web_push", web_push}};

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
