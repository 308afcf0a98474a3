#include "channels/notice.h"

#include <algorithm>

#include "channels/characters.h"
#include "channels/https_url.h"
#include "codec/text.h"

namespace altis::channels {
namespace {

constexpr std::size_t kIdDigits = 32;

bool is_id(std::string_view text) {
    return text.size() == kIdDigits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_line(std::string_view text) {
    return codec::is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

bool is_lines(std::string_view text) {
    return codec::is_utf8(text) && std::none_of(text.begin(), text.end(),
                                                [](char c) { return c != '\n' && is_control(c); });
}

bool is_language(std::string_view text) {
    return text.size() <= kMaxLanguageBytes && consists_of(text, "-");
}

tl::unexpected<Error> wrong(std::string_view member, std::string_view what) {
    return fail(Code::kInvalid, std::string("notice.").append(member),
                std::string("The ").append(member).append(" of a notice must be ").append(what));
}

}  // namespace

Result<void> check(const Notice& notice) {
    if (!is_id(notice.id)) return wrong("id", "32 lower-case hexadecimal digits.");
    if (!is_id(notice.topic)) return wrong("topic", "32 lower-case hexadecimal digits.");
    if (notice.title.size() > kMaxNoticeTitleBytes || !is_line(notice.title))
        return wrong("title", "UTF-8 in one line, of at most " +
                                  std::to_string(kMaxNoticeTitleBytes) + " bytes.");
    if (notice.text.empty() || notice.text.size() > kMaxNoticeTextBytes || !is_lines(notice.text))
        return wrong("text", "UTF-8 without control characters but line feeds, of 1 to " +
                                 std::to_string(kMaxNoticeTextBytes) + " bytes.");
    if (!is_language(notice.language)) return wrong("language", "a tag of BCP 47, such as pt-BR.");
    if (!notice.link.empty() &&
        (notice.link.size() > kMaxNoticeLinkBytes || !read_https_url(notice.link)))
        return wrong("link", "empty or an https URL of at most " +
                                 std::to_string(kMaxNoticeLinkBytes) + " bytes.");
    if (notice.lifetime < Duration{}) return wrong("lifetime", "0 or more.");
    return {};
}

std::int64_t lifetime_seconds(const Notice& notice) {
    return std::min(notice.lifetime, kMaxNoticeLifetime).us / seconds(1).us;
}

std::string uuid_of(const Notice& notice) {
    std::string text = notice.id;
    for (const std::size_t at : {8, 13, 18, 23})
        text.insert(at, 1, '-');
    return text;
}

}  // namespace altis::channels
