#include "fans/ingest.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "codec/email.h"
#include "fans/event_reader.h"

namespace altis::fans {
namespace {

// A fingerprint never is zero: zero means absent.
crypto::Fingerprint tagged_fingerprint(const IngestKeys& keys, char tag, std::string_view scope,
                                       std::string_view text) {
    std::array<char, 1 + kMaxKeyIdBytes + 1 + kMaxIdentifierBytes> bytes{};
    ALTIS_ASSERT(scope.size() <= kMaxKeyIdBytes);
    const std::string_view cut = text.substr(0, kMaxIdentifierBytes);
    char* end = bytes.data();
    *end++ = tag;
    end = std::copy(scope.begin(), scope.end(), end);
    *end++ = '\0';
    end = std::copy(cut.begin(), cut.end(), end);
    auto result = crypto::fingerprint(keys.fingerprint,
                                      {bytes.data(), static_cast<std::size_t>(end - bytes.data())});
    if (result == crypto::Fingerprint{}) result.low = 1;
    return result;
}

}  // namespace

Result<Batch> parse_batch(std::string_view body, const Source& source, Time received_at) {
    constexpr BodyForm kForm{.list = "batch", .sent_at = {"sentAt", "sent_at"}};
    return EventReader(body, source, received_at).read(kForm);
}

Result<Batch> parse_single(EventType type, std::string_view body, const Source& source,
                           Time received_at) {
    return EventReader(body, source, received_at).read_single(&type);
}

crypto::Fingerprint message_fingerprint(const Source& source, std::string_view message_id) {
    return tagged_fingerprint(*source.keys, 'm', source.key_id, message_id);
}

crypto::Fingerprint user_fingerprint(const IngestKeys& keys, std::string_view identifier) {
    return tagged_fingerprint(keys, 'u', {}, identifier);
}

crypto::Fingerprint anonymous_fingerprint(const IngestKeys& keys, std::string_view identifier) {
    return tagged_fingerprint(keys, 'a', {}, identifier);
}

std::string email_tag(const crypto::Digest& key, std::string_view email) {
    const auto normalised = codec::normalise_email(email);
    if (!normalised) return {};
    const crypto::Digest digest = crypto::keyed_hash(key, *normalised);
    return std::string(crypto::as_text(digest).substr(0, kEmailTagBytes));
}

}  // namespace altis::fans
