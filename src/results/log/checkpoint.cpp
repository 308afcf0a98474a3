#include "results/log/checkpoint.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/text.h"

namespace altis::results {
namespace {

constexpr char kEd25519 = 1;  // of the signed-note format
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::string_view kSignatureStart = "\u2014 ";  // em dash

std::string_view bytes_of(const crypto::PublicKey& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// Which key of which name signed: the first bytes of a hash of both.
std::string key_id(const LogIdentity& identity) {
    std::string text = identity.origin + "\n";
    text.push_back(kEd25519);
    text.append(bytes_of(identity.public_key));
    return std::string(crypto::as_text(crypto::sha256(text)).substr(0, kKeyIdBytes));
}

std::string body_of(const LogIdentity& identity, const TreeHead& head) {
    return identity.origin + "\n" + std::to_string(head.size) + "\n" +
           codec::to_base64(crypto::as_text(head.root)) + "\n";
}

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Code::kInvalid, "checkpoint.malformed",
                "this is no checkpoint of a log: " + std::string(what));
}

// Takes the next line off the text; nothing when no line ends here.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

Result<TreeHead> read_head(std::string_view size, std::string_view root) {
    TreeHead head;
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), head.size);
    const bool is_plain = error == std::errc() && end == size.data() + size.size() &&
                          (size == "0" || !size.starts_with('0'));
    if (!is_plain) return malformed("its second line is no number of entries");
    const auto bytes = codec::from_base64(root);
    if (!bytes || bytes->size() != head.root.size()) {
        return malformed("its third line is no hash in base64");
    }
    std::copy(bytes->begin(), bytes->end(), head.root.begin());
    return head;
}

// Whether one of the signature lines is the identity's own over the body.
Result<void> check_signatures(std::string_view lines, std::string_view body,
                              const LogIdentity& identity) {
    const std::string start = std::string(kSignatureStart) + identity.origin + " ";
    bool is_known = false;
    while (const auto line = take_line(lines)) {
        if (!line->starts_with(kSignatureStart)) return malformed("a signature line is none");
        if (!line->starts_with(start)) continue;
        const auto bytes = codec::from_base64(line->substr(start.size()));
        crypto::Signature signature;
        if (!bytes || bytes->size() != kKeyIdBytes + signature.size()) continue;
        if (!bytes->starts_with(key_id(identity))) continue;
        is_known = true;
        std::copy(bytes->begin() + kKeyIdBytes, bytes->end(), signature.begin());
        if (crypto::verify_signature(identity.public_key, body, signature)) return {};
    }
    if (!lines.empty()) return malformed("it does not end with a line");
    if (is_known) {
        return fail(Code::kCorrupt, "checkpoint.forged",
                    "the signature of this checkpoint does not hold; ask the log again, and keep "
                    "this one as evidence");
    }
    return fail(Code::kInvalid, "checkpoint.other_log",
                "this checkpoint is not signed by the key that was given; compare the key with "
                "what the log's owner published");
}

}  // namespace

LogIdentity identity_of(const crypto::PublicKey& key) {
    constexpr std::size_t kNameBytes = 8;
    return {"altis/" + codec::to_hex(bytes_of(key).substr(0, kNameBytes)), key};
}

std::string verifier_key(const LogIdentity& identity) {
    std::string key(1, kEd25519);
    key.append(bytes_of(identity.public_key));
    return identity.origin + "+" + codec::to_hex(key_id(identity)) + "+" + codec::to_base64(key);
}

std::string sign_checkpoint(const LogIdentity& identity, const TreeHead& head,
                            const crypto::Signer& signer) {
    const std::string body = body_of(identity, head);
    const crypto::Signature signature = signer.sign(body);
    std::string bytes = key_id(identity);
    bytes.append(reinterpret_cast<const char*>(signature.data()), signature.size());
    return body + "\n" + std::string(kSignatureStart) + identity.origin + " " +
           codec::to_base64(bytes) + "\n";
}

Result<TreeHead> open_checkpoint(std::string_view text, const LogIdentity& identity) {
    if (text.size() > kMaxCheckpointBytes) return malformed("it is too long");
    const std::size_t end = text.find("\n\n");
    if (end == std::string_view::npos) return malformed("it has no signatures");
    const std::string_view body = text.substr(0, end + 1);
    std::string_view lines = body;
    const auto origin = take_line(lines);
    const auto size = take_line(lines);
    const auto root = take_line(lines);
    if (!origin || !size || !root) return malformed("it has less than three lines");
    if (*origin != identity.origin) {
        return fail(Code::kInvalid, "checkpoint.other_log",
                    "this checkpoint is of another log than the key that was given");
    }
    TRY(const TreeHead head, read_head(*size, *root));
    TRY_VOID(check_signatures(text.substr(end + 2), body, identity));
    return head;
}

}  // namespace altis::results
