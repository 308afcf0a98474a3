#include "channels/dkim.h"

#include <algorithm>

#include "codec/text.h"
#include "crypto/hash.h"

namespace altis::channels {
namespace {

constexpr std::size_t kFoldCharacters = 72;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

// Runs of blanks as one, none at the end; line breaks are dropped.
void append_relaxed(std::string& out, std::string_view text) {
    const std::size_t begin = out.size();
    for (const char c : text) {
        if (c == '\r' || c == '\n') continue;
        if (!is_blank(c)) {
            out += c;
        } else if (out.size() == begin || out.back() != ' ') {
            out += ' ';
        }
    }
    if (out.size() > begin && out.back() == ' ') out.pop_back();
}

// Text without blanks in lines that fit into a header.
std::string folded(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += kFoldCharacters)
        out.append(at == 0 ? "" : "\r\n ").append(text, at, kFoldCharacters);
    return out;
}

// Every name once more than there are fields of it, four to a line.
std::string signed_names(const MailFields& fields) {
    std::string names;
    std::size_t count = 0;
    for (int round = 0; round < 2; ++round)
        for (const auto& field : fields) {
            if (count > 0) names += count % 4 == 0 ? ":\r\n " : ":";
            names += lower(field.first);
            ++count;
        }
    return names;
}

std::string algorithm_of(crypto::KeyKind kind) {
    return kind == crypto::KeyKind::kRsa ? "rsa" : "ed25519";
}

}  // namespace

std::string relaxed_field(std::string_view name, std::string_view value) {
    std::string text = lower(name) + ":";
    while (!value.empty() &&
           (is_blank(value.front()) || value.front() == '\r' || value.front() == '\n'))
        value.remove_prefix(1);
    append_relaxed(text, value);
    return text + "\r\n";
}

std::string relaxed_body(std::string_view body) {
    std::string text;
    std::size_t last = 0;  // behind the last line that is not empty
    while (!body.empty()) {
        const std::size_t end = std::min(body.find("\r\n"), body.size());
        const std::size_t begin = text.size();
        append_relaxed(text, body.substr(0, end));
        const bool is_empty = text.size() == begin;
        text += "\r\n";
        if (!is_empty) last = text.size();
        body.remove_prefix(std::min(end + 2, body.size()));
    }
    text.resize(last);
    return text;
}

Result<Dkim> Dkim::create(std::string domain, std::string selector, std::string_view key) {
    if (!is_mail_domain(domain))
        return fail(Code::kInvalid, "dkim.domain", "The domain that signs is no domain.");
    if (!is_mail_domain(selector))
        return fail(Code::kInvalid, "dkim.selector",
                    "The selector is letters, digits, hyphens and dots, as altis2026.");
    TRY(auto parsed, crypto::PrivateKey::from_pem(key));
    if (parsed.kind() == crypto::KeyKind::kP256)
        return fail(Code::kInvalid, "key.unsupported", "DKIM wants an RSA or Ed25519 key.");
    return Dkim(std::move(domain), std::move(selector), std::move(parsed));
}

std::string Dkim::record_name() const {
    return selector_ + "._domainkey." + domain_;
}

std::string Dkim::record() const {
    return "v=DKIM1; k=" + algorithm_of(key_.kind()) + "; p=" + codec::to_base64(key_.public_key());
}

std::string Dkim::signature(const MailFields& fields, std::string_view body, Time now) const {
    const crypto::Digest body_hash = crypto::sha256(relaxed_body(body));
    std::string value =
        "v=1; a=" + algorithm_of(key_.kind()) + "-sha256; c=relaxed/relaxed;\r\n d=";
    value.append(domain_).append("; s=").append(selector_);
    value.append("; t=").append(std::to_string(now.us / seconds(1).us));
    value.append(";\r\n h=").append(signed_names(fields));
    value.append(";\r\n bh=").append(codec::to_base64(crypto::as_text(body_hash)));
    value.append(";\r\n b=");

    // The last field of a name first (section 5.4.2); names are there once here.
    std::string text;
    for (const auto& [name, content] : fields)
        text += relaxed_field(name, content);
    std::string own = relaxed_field("DKIM-Signature", value);
    own.resize(own.size() - 2);  // without its CRLF
    text += own;
    // Ed25519 signs the hash (RFC 8463, section 3).
    const bool is_rsa = key_.kind() == crypto::KeyKind::kRsa;
    const std::string bytes =
        key_.sign(is_rsa ? text : std::string(crypto::as_text(crypto::sha256(text))));
    return value + folded(codec::to_base64(bytes));
}

}  // namespace altis::channels
