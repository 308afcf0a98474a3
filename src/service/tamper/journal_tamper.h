// Tampering with the files of a journal; `journal::verify` looks.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "base/assert.h"
#include "journal/layout.h"
#include "platform/faulty_file.h"
#include "platform/random.h"
#include "service/tamper/tamper.h"

namespace altis::service::tamper {

class JournalTamper {
  public:
    JournalTamper() {
        write();
        const auto names = files_.list(kFolder);
        for (const std::string& name : *names)
            originals_[name] = *platform::read_file(files_, kFolder + "/" + name);
        for (const auto& [name, bytes] : originals_)
            find_batches(name, bytes);
        ALTIS_ASSERT(batches_.size() == kBatches);
    }

    Verdict tamper(How how, Random& random) {
        changed_.clear();
        const Culprit culprit = change(how, random);
        const Verdict verdict = look(culprit);
        for (const auto& [name, bytes] : changed_)
            put(name, originals_.at(name));
        return verdict;
    }

  private:
    static constexpr std::size_t kBatches = 9;
    static constexpr std::size_t kRecords = 3;         // in a batch
    static constexpr std::size_t kPayloadBytes = 900;  // so that a segment holds some batches
    static constexpr std::uint64_t kSegmentBytes = 16U << 10;
    inline static const std::string kFolder = "/journal";

    struct Batch {
        std::string file;
        std::size_t begin = 0;
        std::size_t bytes = 0;
        journal::Offset first = 0;
    };
    // What a good report names: the file and the place in it, or the first record that is wrong.
    struct Culprit {
        std::string file;
        std::size_t begin = 0;  // the place lies in [begin, end)
        std::size_t end = 0;
        journal::Offset offset = 0;
        std::string what;
    };

    void write() {
        platform::SystemRandom random;
        auto vault = crypto::Vault::open(files_, "/vault", random);
        ALTIS_ASSERT(vault.has_value());
        journal::Options options;
        options.segment_bytes = kSegmentBytes;
        auto journal = journal::Journal::open(files_, kFolder, **vault, options);
        ALTIS_ASSERT(journal.has_value());
        for (std::size_t batch = 0; batch < kBatches; ++batch) {
            std::vector<journal::Draft> drafts;
            for (std::size_t i = 0; i < kRecords; ++i) {
                std::string payload = "fact " + std::to_string(100 + batch * kRecords + i) + " ";
                payload.resize(kPayloadBytes, static_cast<char>('a' + i));
                drafts.push_back({"results.published", "owg2026/x", kNoSubject, payload});
            }
            ALTIS_ASSERT((*journal)->append(std::move(drafts), civil_date(2026, 2, 19)));
        }
    }

    void find_batches(const std::string& name, const std::string& bytes) {
        if (!name.ends_with(".seg")) return;
        std::size_t at = journal::kSegmentHeaderBytes;
        while (at + journal::kBatchHeaderBytes < bytes.size()) {
            const auto header = journal::decode_batch_header(
                std::string_view(bytes).substr(at, journal::kBatchHeaderBytes));
            if (!header) break;
            batches_.push_back({name, at, header->batch_bytes, header->first_offset});
            at += header->batch_bytes;
        }
    }

    void put(const std::string& name, const std::string& bytes) {
        ALTIS_ASSERT(platform::write_file_atomically(files_, kFolder + "/" + name, bytes));
        changed_.emplace(name, bytes);
    }

    Culprit change(How how, Random& random) {
        switch (how) {
            case How::kFlip:
                return flip(random);
            case How::kTruncation:
                return truncate(random);
            case How::kReorder:
                return reorder(random);
            case How::kReplay:
                break;
        }
        return replay(random);
    }

    const Batch& any_batch(Random& random) const { return batches_[pick(random, kBatches)]; }

    static Culprit culprit_of(const Batch& batch, std::string what) {
        return {batch.file, batch.begin, batch.begin + batch.bytes, batch.first, std::move(what)};
    }

    // A bit of a batch, of the head of a segment, of the head of the chain, or of the key.
    Culprit flip(Random& random) {
        const std::size_t place = pick(random, 10);
        const Batch& batch = any_batch(random);
        Culprit culprit = culprit_of(batch, "flip");
        if (place == 0) culprit = {batch.file, 0, journal::kSegmentHeaderBytes, 0, "flip"};
        if (place == 1) culprit = {"head", 0, originals_.at("head").size(), 0, "flip"};
        if (place == 2) culprit = {"journal.pub", 0, originals_.at("journal.pub").size(), 0, ""};
        std::string bytes = originals_.at(culprit.file);
        const std::size_t at = culprit.begin + pick(random, culprit.end - culprit.begin);
        flip_bit(bytes, at, random);
        put(culprit.file, bytes);
        culprit.what = "flipped byte " + std::to_string(at) + " of " + culprit.file;
        return culprit;
    }

    // A file that ends early, or a chain that does: nothing from some batch on.
    Culprit truncate(Random& random) {
        const Batch& batch = any_batch(random);
        std::string bytes = originals_.at(batch.file);
        if (pick(random, 2) == 0) {
            const std::size_t size = pick(random, bytes.size());
            bytes.resize(size);
            put(batch.file, bytes);
            return {batch.file, 0, originals_.at(batch.file).size(), 0,
                    "cut " + batch.file + " to " + std::to_string(size)};
        }
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(batch.begin), bytes.end(), '\0');
        put(batch.file, bytes);
        Culprit culprit =
            culprit_of(batch, "emptied from batch " + std::to_string(batch.first) + " on");
        culprit.end = bytes.size();
        return culprit;
    }

    Culprit overwrite(const Batch& with, const Batch& over, const std::string& what) {
        std::string bytes =
            changed_.contains(over.file) ? changed_.at(over.file) : originals_.at(over.file);
        bytes.replace(over.begin, over.bytes, originals_.at(with.file), with.begin, with.bytes);
        changed_.erase(over.file);
        put(over.file, bytes);
        return culprit_of(over, what + " " + std::to_string(with.first) + " in place of " +
                                    std::to_string(over.first));
    }

    std::pair<Batch, Batch> two_batches(Random& random) const {
        std::size_t first = pick(random, kBatches);
        std::size_t second = pick(random, kBatches - 1);
        if (second >= first) ++second;
        if (second < first) std::swap(first, second);
        return {batches_[first], batches_[second]};
    }

    Culprit reorder(Random& random) {
        const auto [earlier, later] = two_batches(random);
        static_cast<void>(overwrite(earlier, later, "batch"));
        return overwrite(later, earlier, "swapped batch");
    }

    // A batch once more: in place of a later one, or behind all.
    Culprit replay(Random& random) {
        const auto [earlier, later] = two_batches(random);
        if (pick(random, 2) == 0) return overwrite(earlier, later, "batch");
        Batch behind = batches_.back();
        behind.begin += behind.bytes;
        behind.first += kRecords;
        if (behind.begin + behind.bytes > kSegmentBytes) return overwrite(earlier, later, "batch");
        return overwrite(earlier, behind, "batch");
    }

    Verdict look(const Culprit& culprit) {
        const auto verification = journal::verify(files_, kFolder, nullptr, {});
        Verdict verdict;
        verdict.told = culprit.what;
        if (!verification) {  // e.g. a label that names another version
            verdict.is_detected = true;
            verdict.is_named = verification.error().message.find(kFolder) != std::string::npos;
            verdict.told += ": " + verification.error().message;
            return verdict;
        }
        verdict.is_detected = !verification->intact();
        for (const journal::Damage& damage : verification->damages) {
            verdict.told += "; " + damage.file + " byte " + std::to_string(damage.position) +
                            " offset " + std::to_string(damage.first_offset) + ": " + damage.what;
            const bool in_place = damage.file == culprit.file && damage.position >= culprit.begin &&
                                  damage.position < culprit.end;
            const bool is_record = culprit.offset != 0 && damage.first_offset == culprit.offset;
            verdict.is_named = verdict.is_named || in_place || is_record;
        }
        return verdict;
    }

    platform::FaultyFileSystem files_;
    std::map<std::string, std::string> originals_;
    std::map<std::string, std::string> changed_;
    std::vector<Batch> batches_;
};

}  // namespace altis::service::tamper
