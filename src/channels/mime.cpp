#include "channels/mime.h"

#include <algorithm>
#include <array>

#include "channels/characters.h"
#include "codec/text.h"

namespace altis::channels {
namespace {

constexpr std::size_t kLineCharacters = 76;
constexpr std::size_t kShortHeaderBytes = 60;
// 64 characters, so that the line of "Subject: " and a word has 76 at most.
constexpr std::size_t kEncodedWordBytes = 39;
constexpr std::string_view kAtomCharacters = "!#$%&'*+-/=?^_`{|}~";

bool is_printable_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The most bytes from the front, up to `limit`, that are whole characters.
std::size_t whole_characters(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text.size();
    std::size_t size = limit;
    while (size > 0 && is_continuation(text[size]))
        --size;
    return size;
}

std::string encoded_words(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        const std::size_t size = whole_characters(text, kEncodedWordBytes);
        if (!words.empty()) words += "\r\n ";
        words.append("=?utf-8?B?").append(codec::to_base64(text.substr(0, size))).append("?=");
        text.remove_prefix(size);
    }
    return words;
}

// A blank at either end would be lost, and "=?" taken for the start of an encoded word.
bool stands_for_itself(std::string_view line) {
    return line.size() <= kShortHeaderBytes && is_printable_ascii(line) && !line.starts_with(' ') &&
           !line.ends_with(' ') && line.find("=?") == std::string_view::npos;
}

std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + "\"";
}

// Whether a character of a line stays as it is; a blank at the end of a line would be lost.
bool stays(char c, bool is_last) {
    return (c > ' ' && c < 0x7F && c != '=') || (c == ' ' && !is_last);
}

// A line that begins so would be changed by servers (RFC 5321, 4.5.2) or mailboxes on its way.
bool is_touched_on_the_way(std::string_view rest) {
    return rest.starts_with('.') || rest.starts_with("From ");
}

void append_quoted_line(std::string& out, std::string_view line) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const bool is_plain = stays(c, i + 1 == line.size()) &&
                              !(column == 0 && is_touched_on_the_way(line.substr(i)));
        if (column + (is_plain ? 1 : 3) > kLineCharacters - 1) {
            out += "=\r\n";
            column = 0;
        }
        if (is_plain) {
            out += c;
            ++column;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append(1, '=').append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
            column += 3;
        }
    }
    out += "\r\n";
}

std::string with_network_line_ends(std::string_view text) {
    std::string lines;
    for (const char c : text) {
        if (c == '\n') lines += '\r';
        lines += c;
    }
    return lines;
}

}  // namespace

std::string header_text(std::string_view line) {
    return stands_for_itself(line) ? std::string(line) : encoded_words(line);
}

std::string mailbox(std::string_view name, std::string_view address) {
    if (name.empty()) return std::string(address);
    const std::string shown = stands_for_itself(name) ? quoted(name) : encoded_words(name);
    return shown + " <" + std::string(address) + ">";
}

bool is_mail_domain(std::string_view domain) {
    return domain.size() <= 253 && consists_of(domain, "-.") && domain.front() != '.' &&
           domain.back() != '.' && domain.front() != '-' && domain.back() != '-' &&
           domain.find("..") == std::string_view::npos;
}

bool is_mail_address(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos || at > 64) return false;
    const std::string_view local = address.substr(0, at);
    return consists_of(local, std::string(kAtomCharacters) + ".") && local.front() != '.' &&
           local.back() != '.' && local.find("..") == std::string_view::npos &&
           is_mail_domain(address.substr(at + 1));
}

std::string mail_date(Time time) {
    static constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun",
                                                              "Mon", "Tue", "Wed"};
    static constexpr std::array<std::string_view, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::string text = format_rfc3339(time);  // 2026-02-19T21:04:05.000000Z
    const auto day = static_cast<std::size_t>(time.us / days(1).us) % kDays.size();
    const auto month = static_cast<std::size_t>(std::stoi(text.substr(5, 2))) - 1;
    std::string date(kDays[day]);
    date.append(", ").append(text, 8, 2).append(" ").append(kMonths[month]);
    return date.append(" ").append(text, 0, 4).append(" ").append(text, 11, 8).append(" +0000");
}

std::string base64_lines(std::string_view bytes) {
    constexpr std::size_t kLineBytes = kLineCharacters / 4 * 3;
    std::string lines;
    for (std::size_t at = 0; at < bytes.size(); at += kLineBytes)
        lines.append(codec::to_base64(bytes.substr(at, kLineBytes))).append("\r\n");
    return lines;
}

std::string quoted_printable(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        append_quoted_line(lines, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string mime_part(std::string_view content_type, std::string_view text) {
    const std::string quoted_text = quoted_printable(text);
    const std::string in_base64 = base64_lines(with_network_line_ends(text));
    const bool is_quoted = quoted_text.size() <= in_base64.size();
    std::string part = "Content-Type: ";
    part.append(content_type).append("; charset=utf-8\r\nContent-Transfer-Encoding: ");
    return part.append(is_quoted ? "quoted-printable" : "base64")
        .append("\r\n\r\n")
        .append(is_quoted ? quoted_text : in_base64);
}

}  // namespace altis::channels
