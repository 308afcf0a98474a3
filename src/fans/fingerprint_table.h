// A hash table keyed by 128-bit fingerprints that keeps its entries sorted: linear probing in order
// of the key, whose home slot is where the key would stand if all keys were spread evenly. So its
// content alone, not its history, decides the order of iteration, and a snapshot is one sweep.
//
// It consists of shelves, each with its share of the keys, which grow one at a time and by a
// quarter: no insertion waits for a copy of the whole table, nor is there room for one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "crypto/hash.h"

namespace altis::fans {

// `Entry` is trivially copyable with a member `crypto::Fingerprint key` that is never zero. Keys
// must be spread evenly (keyed hashes). Not thread-safe.
template <class Entry>
class FingerprintTable {
  public:
    FingerprintTable() : shelves_(std::size_t{1} << kShelfBits) {}

    // The entry, until the next change; null when there is none.
    const Entry* find(const crypto::Fingerprint& key) const { return shelf(key).find(key); }

    // Begins to fetch what `find` and `insert` will read, so that the caller can wait for several
    // places of memory at once.
    void prefetch(const crypto::Fingerprint& key) const { shelf(key).prefetch(key); }

    // False, and no change, when the key is there already.
    bool insert(const Entry& entry) {
        ALTIS_ASSERT(is_set(entry.key));
        const bool is_new = shelf(entry.key).insert(entry);
        size_ += is_new ? 1 : 0;
        return is_new;
    }

    // Makes room for so many entries at once; needed before adding many in order of the key.
    void reserve(std::size_t count) {
        for (Shelf& shelf : shelves_)
            shelf.reserve(count >> kShelfBits);
    }

    // Removes every entry for which `doomed(entry)` holds.
    template <class Predicate>
    void erase_if(const Predicate& doomed) {
        for (Shelf& shelf : shelves_)
            size_ -= shelf.erase_if(doomed);
    }

    // In order of the key.
    template <class Visitor>
    void for_each(const Visitor& visit) const {
        for (const Shelf& shelf : shelves_)
            shelf.for_each(visit);
    }

    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const {
        std::size_t bytes = shelves_.size() * sizeof(Shelf);
        for (const Shelf& shelf : shelves_)
            bytes += shelf.slot_count() * sizeof(Entry);
        return bytes;
    }

  private:
    static constexpr int kShelfBits = 10;

    static bool is_set(const crypto::Fingerprint& key) { return (key.low | key.high) != 0; }
    static bool less(const crypto::Fingerprint& a, const crypto::Fingerprint& b) {
        return a.high != b.high ? a.high < b.high : a.low < b.low;
    }

    // Holds the keys that begin with the same kShelfBits bits.
    class Shelf {
      public:
        const Entry* find(const crypto::Fingerprint& key) const {
            for (std::size_t i = home(key); i < slots_.size() && used(i); ++i) {
                if (slots_[i].key == key) return &slots_[i];
                if (less(key, slots_[i].key)) return nullptr;
            }
            return nullptr;
        }

        void prefetch(const crypto::Fingerprint& key) const {
            if (!slots_.empty()) __builtin_prefetch(&slots_[home(key)]);
        }

        bool insert(const Entry& entry) {
            if (find(entry.key) != nullptr) return false;
            if (is_full(size_ + 1)) grow();
            while (!place(entry))
                grow();
            ++size_;
            return true;
        }

        void reserve(std::size_t count) {
            while (is_full(count))
                grow();
        }

        // Gives how many went.
        template <class Predicate>
        std::size_t erase_if(const Predicate& doomed) {
            const std::size_t before = size_;
            for (std::size_t i = 0; i < slots_.size();) {
                if (used(i) && doomed(slots_[i])) {
                    erase_at(i);
                } else {
                    ++i;
                }
            }
            return before - size_;
        }

        template <class Visitor>
        void for_each(const Visitor& visit) const {
            for (std::size_t i = 0; i < slots_.size(); ++i) {
                if (used(i)) visit(slots_[i]);
            }
        }

        std::size_t slot_count() const { return slots_.size(); }

      private:
        static constexpr std::size_t kFirstHomes = 4;

        // From four fifths on, entries stand too far from home.
        bool is_full(std::size_t count) const { return count * 5 > homes_ * 4; }

        // The key's bits behind the shelf's, as a fraction of the homes.
        std::size_t home(const crypto::Fingerprint& key) const {
            __extension__ typedef unsigned __int128 Wide;
            return static_cast<std::size_t>((Wide{key.high << kShelfBits} * homes_) >> 64);
        }
        bool used(std::size_t i) const { return is_set(slots_[i].key); }

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
            for (; at + 1 < slots_.size() && used(at + 1) && home(slots_[at + 1].key) <= at; ++at)
                slots_[at] = slots_[at + 1];
            slots_[at] = Entry{};
            --size_;
        }

        void grow() {
            const std::vector<Entry> old = std::move(slots_);
            do {
                homes_ = std::max(kFirstHomes, homes_ + homes_ / 4);
                // A tail behind the last home takes what the last slots push on.
                slots_ = std::vector<Entry>(homes_ + homes_ / 64 + kFirstHomes);
            } while (!refill(old));
        }

        bool refill(const std::vector<Entry>& old) {
            std::size_t next = 0;
            for (const Entry& entry : old) {
                if (!is_set(entry.key)) continue;
                const std::size_t at = std::max(next, home(entry.key));
                if (at == slots_.size()) return false;
                slots_[at] = entry;
                next = at + 1;
            }
            return true;
        }

        std::vector<Entry> slots_;
        std::size_t homes_ = 0;
        std::size_t size_ = 0;
    };

    Shelf& shelf(const crypto::Fingerprint& key) { return shelves_[key.high >> (64 - kShelfBits)]; }
    const Shelf& shelf(const crypto::Fingerprint& key) const {
        return shelves_[key.high >> (64 - kShelfBits)];
    }

    std::vector<Shelf> shelves_;  // by the first bits of the key
    std::size_t size_ = 0;
};

}  // namespace altis::fans
