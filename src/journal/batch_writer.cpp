#include "journal/batch_writer.h"

#include "base/assert.h"
#include "journal/hash_tree.h"

namespace altis::journal {

namespace {

constexpr std::size_t kKeptBufferBytes = 16U << 20;

bool is_lost_key(const Error& error) {
    return error.reason == "vault.key_destroyed" || error.reason == "vault.damaged";
}

}  // namespace

std::uint64_t frame_bytes_of(const std::vector<Draft>& drafts) {
    std::uint64_t bytes = 0;
    for (const Draft& draft : drafts) {
        const std::size_t seal = draft.subject == kNoSubject ? 0 : crypto::kSealOverhead;
        bytes += frame_bytes(draft.type.size(), draft.topic.size(), draft.payload.size() + seal);
    }
    return bytes;
}

Result<void> BatchWriter::resume(std::uint32_t segment, std::unique_ptr<platform::File> file,
                                 std::uint64_t position) {
    segment_ = segment;
    file_ = std::move(file);
    position_ = position;
    const std::uint64_t in_page = position % platform::kPageBytes;
    TRY(page_start_, file_->read_at(position - in_page, in_page));
    ALTIS_ASSERT(page_start_.size() == in_page);
    return {};
}

Result<void> BatchWriter::start(std::uint32_t segment, std::unique_ptr<platform::File> file) {
    TRY_VOID(resume(segment, std::move(file), kSegmentHeaderBytes));
    TRY_VOID(file_->write_at(kLabelBytes, encode(SegmentStart{place_.next_offset, place_.hash})));
    return file_->sync();
}

Result<HeadFile> BatchWriter::write(std::span<const Group> groups) {
    batch_.assign(kBatchHeaderBytes, '\0');
    hashes_.clear();
    for (const Group& group : groups)
        TRY_VOID(append_frames(group));
    batch_.resize(padded(batch_.size()));
    const BatchHeader header = sign_batch(groups.back().now);
    ALTIS_ASSERT(header.last_offset() == groups.back().last_offset);

    TRY_VOID(write_batch());
    TRY_VOID(file_->sync());
    const HeadFile head{head_of(header), segment_, position_};
    position_ += header.batch_bytes;
    place_ = {header.last_offset() + 1, header.hash};
    if (batch_.capacity() > kKeptBufferBytes) {
        std::string().swap(batch_);
        pages_ = {};
    }
    return head;
}

// Whole pages: the first one with what is durable there already, byte for byte the same; the last
// one filled up with the zeros that stand there.
Result<void> BatchWriter::write_batch() {
    pages_.clear();
    pages_.append(page_start_);
    pages_.append(batch_);
    const std::string_view written = pages_.bytes();
    std::string next_start(written.substr(written.size() - written.size() % platform::kPageBytes));
    pages_.pad();
    TRY_VOID(file_->write_pages(position_ - page_start_.size(), pages_));
    page_start_ = std::move(next_start);
    return {};
}

BatchHeader BatchWriter::sign_batch(Time time) {
    BatchHeader header;
    header.records = static_cast<std::uint32_t>(hashes_.size());
    header.batch_bytes = batch_.size();
    header.first_offset = place_.next_offset;
    header.time = time;
    header.previous_hash = place_.hash;
    header.hash = batch_hash(header, root_of(hashes_));
    header.signature = signer_.sign(signed_message(header.last_offset(), header.hash));
    batch_.replace(0, kBatchHeaderBytes, encode(header));
    return header;
}

Result<void> BatchWriter::append_frames(const Group& group) {
    for (const Draft& draft : group.drafts) {
        Frame frame{draft.subject, false, group.now, draft.type, draft.topic, draft.payload};
        std::string sealed;
        if (draft.subject != kNoSubject) {
            TRY(sealed, seal(draft));
            frame.sealed = true;
            frame.payload = sealed;
        }
        const std::size_t begin = batch_.size();
        append_frame(batch_, frame);
        hashes_.push_back(frame_hash(std::string_view(batch_).substr(begin)));
    }
    return {};
}

// Empty when the subject was erased while the draft waited: as if it had been erased just after.
Result<std::string> BatchWriter::seal(const Draft& draft) {
    auto sealed = vault_.seal(draft.subject, draft.payload, seal_context(draft.type, draft.topic));
    if (!sealed && is_lost_key(sealed.error())) return std::string();
    return sealed;
}

}  // namespace altis::journal
