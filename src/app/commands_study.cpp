#include "app/commands_study.h"

#include <algorithm>
#include <fmt/format.h>

#include "cleanroom/crossing/blind.h"
#include "cleanroom/crossing/members.h"
#include "cleanroom/crossing/study_key.h"
#include "codec/text.h"
#include "platform/file.h"
#include "platform/random.h"

namespace altis::app {
namespace {

using codec::Json;
namespace crossing = cleanroom::crossing;

constexpr std::string_view kPendingFormat = "altis study offer 1";
constexpr std::string_view kStudyFormat = "altis study key 1";

// Reads 32 bytes in hex.
Result<crypto::Digest> digest_from(std::string_view text, const std::string& what) {
    const auto bytes = codec::from_hex(text);
    crypto::Digest digest{};
    if (!bytes || bytes->size() != digest.size()) {
        return fail(Code::kInvalid, "study.bad_file",
                    what + " must be 64 hex digits, as the command that made it wrote them.");
    }
    std::ranges::copy(*bytes, digest.begin());
    return digest;
}

Result<Json> read_json(const std::string& file) {
    TRY(const std::string text, platform::read_file(platform::real_file_system(), file));
    return codec::parse_json(text);
}

Result<Json> read_secret_file(const std::string& file, std::string_view format) {
    TRY(Json json, read_json(file));
    if (json["format"].as_string() == format) return json;
    return fail(Code::kInvalid, "study.bad_file",
                file + " is no file of the kind \"" + std::string(format) + "\".");
}

// Never over another one.
Result<void> write_secret_file(const std::string& file, const Json& json) {
    auto& files = platform::real_file_system();
    TRY(const bool exists, files.exists(file));
    if (exists) {
        return fail(Code::kConflict, "study.file_exists",
                    file + " exists already; keys are never overwritten. Name another file.");
    }
    return platform::write_file_atomically(files, file, json.to_pretty_string() + "\n");
}

Result<std::string> make_offer(const StudyOptions& options) {
    TRY(const crypto::Digest seed, read_crossing_key(options.key_file));
    crypto::Digest secret;
    platform::SystemRandom().fill(secret);
    TRY(const auto offer, crossing::make_offer(options.study, crypto::Signer(seed), secret));
    TRY_VOID(write_secret_file(options.pending,
                               Json::object({{"format", kPendingFormat},
                                             {"study", options.study},
                                             {"secret", codec::to_hex(crypto::as_text(secret))}})));
    return crossing::to_json(offer).to_string();
}

Result<std::string> agree(const StudyOptions& options) {
    TRY(const crypto::Digest seed, read_crossing_key(options.key_file));
    TRY(const Json pending, read_secret_file(options.pending, kPendingFormat));
    TRY(const crypto::Digest secret,
        digest_from(pending["secret"].as_string(), "the secret in " + options.pending));
    TRY(const auto own,
        crossing::make_offer(pending["study"].as_string(), crypto::Signer(seed), secret));
    TRY(const Json json, read_json(options.offer));
    TRY(const auto other, crossing::offer_from_json(json));
    TRY(const crypto::Digest peer, digest_from(options.peer, "the other owner's key"));
    TRY(const auto key, crossing::agree_on_key(own, secret, other, peer));
    TRY_VOID(write_secret_file(options.out,
                               Json::object({{"format", kStudyFormat},
                                             {"study", key.study},
                                             {"id", key.id()},
                                             {"key", codec::to_hex(crypto::as_text(key.key))}})));
    TRY_VOID(platform::real_file_system().remove(options.pending));
    return key.id();
}

Result<std::string> tag(const StudyOptions& options) {
    TRY(const Json json, read_secret_file(options.study_key, kStudyFormat));
    crossing::StudyKey key;
    key.study = json["study"].as_string();
    TRY(key.key, digest_from(json["key"].as_string(), "the key in " + options.study_key));
    TRY(const std::string text,
        platform::read_file(platform::real_file_system(), options.members.file));
    const MemberOptions& from = options.members;
    crossing::MemberColumns columns;
    columns.identifier =
        from.identifier == "phone" ? crossing::Identifier::kPhone : crossing::Identifier::kEmail;
    columns.identifier_column = from.column.empty() ? from.identifier : from.column;
    columns.consent_column = from.consent;
    columns.attributes = options.attributes;
    TRY(const auto members, crossing::read_members(text, columns));
    fmt::print(stderr, "{} persons; {} rows without consent, {} of persons named before, {} bad\n",
               members.identifiers.size(), members.without_consent, members.duplicates,
               members.bad);
    crypto::Digest seed;
    platform::SystemRandom().fill(seed);
    const auto side =
        options.side == "left" ? crossing::StudySide::kLeft : crossing::StudySide::kRight;
    TRY(const auto table,
        crossing::tag_members(members, options.attributes, columns.identifier, side, key, seed));
    return crossing::to_csv(table);
}

}  // namespace

int offer_study(const StudyOptions& options) {
    const auto offer = make_offer(options);
    if (!offer) return report_error(offer.error());
    fmt::print("{}\n", *offer);
    return kExitSuccess;
}

int agree_study(const StudyOptions& options, Output output) {
    const auto id = agree(options);
    if (!id) return report_error(id.error());
    if (output == Output::kJson) {
        fmt::print("{}\n", Json::object({{"id", *id}}).to_string());
    } else {
        fmt::print("{} has the id {}, the same as the other owner's must have\n", options.out, *id);
    }
    return kExitSuccess;
}

int tag_file(const StudyOptions& options) {
    const auto csv = tag(options);
    if (!csv) return report_error(csv.error());
    fmt::print("{}", *csv);
    return kExitSuccess;
}

}  // namespace altis::app
