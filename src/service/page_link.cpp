#include "service/page_link.h"

#include <charconv>
#include <cstring>

#include "codec/text.h"

namespace altis::service {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::string hash_of(const crypto::Digest& key, std::string_view said) {
    return codec::to_hex(crypto::as_text(crypto::keyed_hash(key, said)));
}

tl::unexpected<Error> unknown_link() {
    return fail(Code::kNotFound, "page.unknown_link",
                "this is no link to a page of a fan; ask for a new one in the application");
}

// The text up to the next point, which is taken away with it.
std::string_view next_part(std::string_view& rest) {
    const std::size_t point = std::min(rest.find('.'), rest.size());
    const std::string_view part = rest.substr(0, point);
    rest.remove_prefix(std::min(point + 1, rest.size()));
    return part;
}

std::int64_t number_in(std::string_view digits) {
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace

std::string page_token(const crypto::Digest& key, const PageLink& link) {
    std::string fan(sizeof(link.fan), '\0');
    std::memcpy(fan.data(), &link.fan.low, sizeof(link.fan.low));
    std::memcpy(fan.data() + sizeof(link.fan.low), &link.fan.high, sizeof(link.fan.high));
    const std::string said = std::to_string(link.until.us / kMicrosPerSecond) + "." +
                             std::to_string(link.made.us) + "." + codec::to_hex(fan) + "." +
                             link.edition;
    return said + "." + hash_of(key, said);
}

Result<PageLink> open_page_token(const crypto::Digest& key, std::string_view token, Time now) {
    const std::size_t point = token.rfind('.');
    if (token.size() > kMaxPageTokenBytes || point == std::string_view::npos) return unknown_link();
    std::string_view said = token.substr(0, point);
    if (!crypto::equal_constant_time(hash_of(key, said), token.substr(point + 1))) {
        return unknown_link();
    }
    // What follows was written by page_token.
    PageLink link;
    link.until = Time{number_in(next_part(said)) * kMicrosPerSecond};
    link.made = Time{number_in(next_part(said))};
    TRY(const std::string fan, codec::from_hex(next_part(said)));
    if (fan.size() != sizeof(link.fan)) return unknown_link();
    std::memcpy(&link.fan.low, fan.data(), sizeof(link.fan.low));
    std::memcpy(&link.fan.high, fan.data() + sizeof(link.fan.low), sizeof(link.fan.high));
    link.edition = said;
    if (now < link.until) return link;
    return fail(Code::kDenied, "page.link_ended",
                "this link has ended; ask for a new one in the application");
}

}  // namespace altis::service
