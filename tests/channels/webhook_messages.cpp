// Signs webhooks for the judge of this folder: webhook_messages < lines
// A line is {"url", "id", "now": seconds, "body"}. Prints {"secret", "headers"} for each.
#include <iostream>
#include <string>

#include "codec/json.h"
#include "service/webhook_signature.h"

int main() {
    using namespace altis;
    const crypto::Digest key{1};
    for (std::string line; std::getline(std::cin, line);) {
        const auto read = codec::parse_json(line);
        if (!read) {
            std::cerr << read.error().message << "\n";
            return 1;
        }
        const std::string secret =
            service::webhook_secret(key, "games", (*read)["url"].as_string(), "salt");
        codec::Json headers = codec::Json::object();
        const Time now = Time{} + seconds((*read)["now"].as_int());
        for (const auto& [name, value] : service::webhook_headers(secret, (*read)["id"].as_string(),
                                                                  now, (*read)["body"].as_string()))
            headers.set(name, value);
        std::cout << codec::Json::object({{"secret", service::printed_webhook_secret(secret)},
                                          {"headers", headers}})
                         .to_string()
                  << "\n";
    }
    return 0;
}
