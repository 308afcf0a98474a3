#include "channels/email.h"

#include <algorithm>
#include <array>

#include "channels/https_url.h"
#include "channels/mime.h"
#include "codec/email.h"
#include "codec/text.h"
#include "language/letters.h"

namespace altis::channels {
namespace {

using codec::MarkupPlace;

// How mail is ended, in the languages of the messages.
struct Farewell {
    std::string_view language;
    std::string_view text;
};
constexpr std::array<Farewell, 12> kFarewells = {{{"en", "Unsubscribe"},
                                                  {"fr", "Se désabonner"},
                                                  {"es", "Darse de baja"},
                                                  {"pt", "Cancelar inscrição"},
                                                  {"de", "Abmelden"},
                                                  {"it", "Annulla l’iscrizione"},
                                                  {"ja", "配信停止"},
                                                  {"zh", "退订"},
                                                  {"ko", "수신 거부"},
                                                  {"ar", "إلغاء الاشتراك"},
                                                  {"ru", "Отписаться"},
                                                  {"hi", "सदस्यता समाप्त करें"}}};

std::string_view farewell(std::string_view language) {
    const std::string_view primary = language.substr(0, language.find('-'));
    for (const Farewell& one : kFarewells)
        if (one.language == primary) return one.text;
    return kFarewells[0].text;
}

std::string plain_text(const Notice& notice, std::string_view unsubscribe_url) {
    std::string text;
    if (!notice.title.empty()) text.append(notice.title).append("\n\n");
    text.append(notice.text).append("\n");
    if (!notice.link.empty()) text.append("\n").append(notice.link).append("\n");
    text.append("\n").append(farewell(notice.language)).append("\n");
    return text.append(unsubscribe_url).append("\n");
}

void append_paragraph(std::string& html, std::string_view text) {
    html += "<p>";
    for (bool is_first = true; !text.empty() || is_first; is_first = false) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (!is_first) html += "<br>\n";
        codec::append_markup(html, text.substr(0, end), MarkupPlace::kContent);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    html += "</p>\n";
}

void append_link(std::string& html, std::string_view url, std::string_view text) {
    html += "<p><a href=\"";
    codec::append_markup(html, url, MarkupPlace::kAttribute);
    html += "\">";
    codec::append_markup(html, text, MarkupPlace::kContent);
    html += "</a></p>\n";
}

std::string html_text(const Notice& notice, std::string_view unsubscribe_url) {
    std::string html = "<!doctype html>\n<html lang=\"";
    codec::append_markup(html, notice.language, MarkupPlace::kAttribute);
    html += language::is_right_to_left(notice.language) ? "\" dir=\"rtl\">\n" : "\" dir=\"ltr\">\n";
    html += "<head><meta charset=\"utf-8\"><title>";
    codec::append_markup(html, notice.title, MarkupPlace::kContent);
    html += "</title></head>\n<body>\n";
    if (!notice.title.empty()) {
        html += "<h1>";
        codec::append_markup(html, notice.title, MarkupPlace::kContent);
        html += "</h1>\n";
    }
    append_paragraph(html, notice.text);
    if (!notice.link.empty()) append_link(html, notice.link, notice.link);
    append_link(html, unsubscribe_url, farewell(notice.language));
    return html + "</body>\n</html>\n";
}

// "=_" is in no text in quoted-printable or base64, so no text can end a part.
std::string boundary_of(const Notice& notice) {
    return "=_" + notice.id;
}

std::string body_of(const Notice& notice, std::string_view unsubscribe_url) {
    const std::string line = "--" + boundary_of(notice);
    return line + "\r\n" + mime_part("text/plain", plain_text(notice, unsubscribe_url)) + line +
           "\r\n" + mime_part("text/html", html_text(notice, unsubscribe_url)) + line + "--\r\n";
}

std::string_view subject_of(const Notice& notice) {
    if (!notice.title.empty()) return notice.title;
    return std::string_view(notice.text).substr(0, notice.text.find('\n'));
}

bool is_sender_name(std::string_view name) {
    return name.size() <= kMaxSenderNameBytes && codec::is_utf8(name) &&
           std::none_of(name.begin(), name.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

Result<void> check_email_address(std::string_view address) {
    if (address.size() <= codec::kMaxEmailBytes && is_mail_address(address)) return {};
    return fail(Code::kInvalid, "email.address",
                "A mail address is ASCII: letters, digits and some signs, @, and a domain, of at "
                "most " +
                    std::to_string(codec::kMaxEmailBytes) + " characters.");
}

Email::Email(const EmailSettings& settings, Dkim dkim)
    : from_(mailbox(settings.name, settings.address)),
      domain_(settings.domain),
      dkim_(std::move(dkim)) {}

Result<Email> Email::create(const EmailSettings& settings) {
    if (!is_sender_name(settings.name))
        return fail(Code::kInvalid, "email.name",
                    "The name of the sender is UTF-8 in one line, of at most " +
                        std::to_string(kMaxSenderNameBytes) + " bytes.");
    TRY_VOID(check_email_address(settings.address));
    TRY(Dkim dkim, Dkim::create(settings.domain, settings.selector, settings.key));
    return Email(settings, std::move(dkim));
}

Result<std::string> Email::make(std::string_view to, const Notice& notice,
                                std::string_view unsubscribe_url, Time now) const {
    TRY_VOID(check(notice));
    if (!check_email_address(to))
        return fail(Code::kInvalid, "email.to", "The address of the receiver is none for mail.");
    if (unsubscribe_url.size() > kMaxUnsubscribeUrlBytes || !read_https_url(unsubscribe_url))
        return fail(Code::kInvalid, "email.unsubscribe_url",
                    "The address that ends mail must be an https URL of at most " +
                        std::to_string(kMaxUnsubscribeUrlBytes) + " bytes.");
    const MailFields fields = {
        {"From", from_},
        {"To", std::string(to)},
        {"Subject", header_text(subject_of(notice))},
        {"Date", mail_date(now)},
        {"Message-ID", "<" + notice.id + "@" + domain_ + ">"},
        {"List-Unsubscribe", "<" + std::string(unsubscribe_url) + ">"},
        {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
        {"Auto-Submitted", "auto-generated"},
        {"Content-Language", notice.language},
        {"MIME-Version", "1.0"},
        {"Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary_of(notice) + "\""}};
    const std::string body = body_of(notice, unsubscribe_url);
    std::string message = "DKIM-Signature: " + dkim_.signature(fields, body, now) + "\r\n";
    for (const auto& [name, value] : fields)
        message.append(name).append(": ").append(value).append("\r\n");
    return message.append("\r\n").append(body);
}

}  // namespace altis::channels
