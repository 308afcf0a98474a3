// A flat hash table keyed by 128-bit fingerprints that keeps its entries sorted: linear probing in
// order of the key, with the key's highest bits as the home slot. So its content alone, not its
// history, decides the order of iteration, and a snapshot is one sweep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "crypto/hash.h"

namespace altis::fans {

// `Entry` is trivially copyable with a member `crypto::Fingerprint key` that is never zero. Keys
// must be spread evenly (keyed hashes). Not thread-safe.
template <class Entry>
class FingerprintTable {
  public:
    FingerprintTable() : slots_(slot_count(kMinBits)) {}

    // The entry, until the next change; null when there is none.
    const Entry* find(const crypto::Fingerprint& key) const {
        for (std::size_t i = home(key); i < slots_.size() && used(i); ++i) {
            if (slots_[i].key == key) return &slots_[i];
            if (less(key, slots_[i].key)) return nullptr;
        }
        return nullptr;
    }

    // False, and no change, when the key is there already.
    bool insert(const Entry& entry) {
        ALTIS_ASSERT(!(entry.key == crypto::Fingerprint{}));
        if (find(entry.key) != nullptr) return false;
        if ((size_ + 1) * 10 > (std::size_t{1} << bits_) * 7) grow();
        while (!place(entry))
            grow();
        ++size_;
        return true;
    }

    // Makes room for so many entries at once; needed before adding many in order of the key.
    void reserve(std::size_t count) {
        while (count * 10 > (std::size_t{1} << bits_) * 7)
            grow();
    }

    // Removes every entry for which `doomed(entry)` holds.
    template <class Predicate>
    void erase_if(const Predicate& doomed) {
        for (std::size_t i = 0; i < slots_.size();) {
            if (used(i) && doomed(slots_[i])) {
                erase_at(i);
            } else {
                ++i;
            }
        }
    }

    // In order of the key.
    template <class Visitor>
    void for_each(const Visitor& visit) const {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            if (used(i)) visit(slots_[i]);
        }
    }

    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const { return slots_.size() * sizeof(Entry); }

  private:
    static constexpr int kMinBits = 10;

    // A tail behind the last home takes what the last slots push on.
    static std::size_t slot_count(int bits) {
        return (std::size_t{1} << bits) + (std::size_t{1} << bits) / 64 + 64;
    }
    static bool less(const crypto::Fingerprint& a, const crypto::Fingerprint& b) {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }
    std::size_t home(const crypto::Fingerprint& key) const { return key.high >> (64 - bits_); }
    bool used(std::size_t i) const { return (slots_[i].key.low | slots_[i].key.high) != 0; }

    // False when the tail is full.
    bool place(const Entry& entry) {
        std::size_t at = home(entry.key);
        while (at < slots_.size() && used(at) && less(slots_[at].key, entry.key))
            ++at;
        std::size_t gap = at;
        while (gap < slots_.size() && used(gap))
            ++gap;
        if (gap == slots_.size()) return false;
        for (; gap > at; --gap)
            slots_[gap] = slots_[gap - 1];
        slots_[at] = entry;
        return true;
    }

    void erase_at(std::size_t at) {
        for (; at + 1 < slots_.size() && used(at + 1) && home(slots_[at + 1].key) <= at; ++at) {
            slots_[at] = slots_[at + 1];
        }
        slots_[at] = Entry{};
        --size_;
    }

    void grow() {
        std::vector<Entry> old = std::move(slots_);
        for (bool fits = false; !fits;) {
            ++bits_;
            slots_.assign(slot_count(bits_), Entry{});
            fits = refill(old);
        }
    }

    bool refill(const std::vector<Entry>& old) {
        std::size_t next = 0;
        for (const Entry& entry : old) {
            if ((entry.key.low | entry.key.high) == 0) continue;
            const std::size_t at = std::max(next, home(entry.key));
            if (at == slots_.size()) return false;
            slots_[at] = entry;
            next = at + 1;
        }
        return true;
    }

    int bits_ = kMinBits;
    std::size_t size_ = 0;
    std::vector<Entry> slots_;
};

}  // namespace altis::fans
