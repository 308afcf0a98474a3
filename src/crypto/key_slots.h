// The bytes of `keys.slab` (docs/formats/vault.md), and one slab of it in memory. Used by the vault
// only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "platform/random.h"

namespace altis::crypto {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSlotBytes = 40;
constexpr std::uint32_t kSlotsPerSlab = 65'536;
constexpr std::size_t kSlabBytes = kSlotBytes * kSlotsPerSlab;
constexpr std::size_t kKeyHeaderBytes = 4'096;

enum class SlotState : std::uint8_t { kAlive, kDestroyed, kDamaged };

// Header of a file with this many slabs in use.
std::string encode_key_header(std::uint32_t slab_count);

// Slabs in use. Fails with "vault.damaged", saying what is wrong with the header.
Result<std::uint32_t> decode_key_header(std::string_view bytes);

constexpr std::uint64_t slab_offset(std::uint32_t slab) {
    return kKeyHeaderBytes + std::uint64_t{slab} * kSlabBytes;
}
constexpr std::uint64_t slot_offset(std::uint32_t number) {
    return kKeyHeaderBytes + std::uint64_t{number} * kSlotBytes;
}

// The form that a destroyed slot has in the file.
std::string destroyed_slot();

// A destruction begins with one byte, which no power loss can tear: from then on the slot is
// destroyed, whatever the rest of it says, and only has to be wiped.
constexpr char kDestroyedMark = '\xDE';
constexpr std::uint64_t mark_offset(std::uint32_t number) {
    return slot_offset(number) + kKeyBytes + 4;
}

// Overwrites secret bytes before their memory is given back.
void wipe(std::string& bytes);

// A key taken out of the vault for one call; wiped when it goes.
class KeyCopy {
  public:
    KeyCopy() = default;
    KeyCopy(const KeyCopy&) = delete;
    KeyCopy& operator=(const KeyCopy&) = delete;
    ~KeyCopy();
    Digest bytes{};
};

// 65,536 keys in memory that is locked where the system allows it, left out of core dumps, and
// wiped when it is freed. Not thread-safe.
class KeySlab {
  public:
    // Fresh keys. Fails with "vault.no_memory".
    static Result<KeySlab> make(platform::Random& random);
    // From the slab's bytes in the file; `first_number` is the number of its first slot. Fails with
    // "vault.no_memory"; slots that are damaged are marked so.
    static Result<KeySlab> decode(std::string_view bytes, std::uint32_t first_number);

    std::string encode(std::uint32_t first_number) const;

    SlotState state(std::uint32_t index) const { return states_[index]; }
    void copy_key(std::uint32_t index, KeyCopy& copy) const;
    void destroy(std::uint32_t index);

  private:
    struct FreeLocked {
        void operator()(unsigned char* bytes) const;
    };
    static Result<KeySlab> allocate();

    std::unique_ptr<unsigned char, FreeLocked> keys_;
    std::vector<SlotState> states_;
};

}  // namespace altis::crypto
