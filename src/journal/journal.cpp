#include "journal/journal.h"

#include <future>
#include <memory>

#include "journal/journal_writer.h"
#include "journal/layout.h"

namespace altis::journal {

namespace {

constexpr std::string_view kSigningSecret = "journal-signing";
constexpr std::uint64_t kSegmentUnit = 4096;

Result<void> check_options(const Options& options) {
    const bool is_sound = options.segment_bytes >= kMinSegmentBytes &&
                          options.segment_bytes <= kMaxSegmentBytes &&
                          options.segment_bytes % kSegmentUnit == 0 && options.linger.us >= 0;
    if (is_sound) return {};
    return fail(Code::kInvalid, "journal.options_invalid",
                "journal segments must have 16 KiB to 4 GiB, a multiple of 4 KiB, and the linger "
                "time must not be negative");
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(platform::FileSystem& files,
                                               const std::string& directory, crypto::Vault& vault,
                                               const Options& options) {
    TRY_VOID(check_options(options));
    TRY(const crypto::Digest seed, vault.secret(kSigningSecret));
    auto journal = std::make_unique<JournalWriter>(files, directory, vault, options, seed);
    TRY_VOID(journal->begin());
    return journal;
}

Result<Offset> Journal::append(std::vector<Draft> drafts, Time now) {
    const auto outcome = std::make_shared<std::promise<Result<Offset>>>();
    auto waiting = outcome->get_future();
    TRY_VOID(submit(std::move(drafts), now, [outcome](const Result<Stored>& stored) {
        outcome->set_value(stored.map(&Stored::last_offset));
    }));
    return waiting.get();
}

bool is_signed_by(const Head& head, const crypto::PublicKey& key) {
    return crypto::verify_signature(key, signed_message(head.offset, head.hash), head.signature);
}

}  // namespace altis::journal
