#include "crypto/key_slots.h"

#include <cstring>
#include <sodium.h>
#include <span>

#include "base/bytes.h"

namespace altis::crypto {
namespace {

constexpr std::string_view kMagic = "ALTISKEY";
constexpr std::uint32_t kVersion = 1;
constexpr char kAliveMark = '\xA1';
constexpr std::size_t kCheckAt = kKeyBytes;
constexpr std::size_t kMarkAt = kCheckAt + 4;

std::uint32_t slot_check(std::uint32_t number, std::string_view key) {
    char numbered[4];
    std::memcpy(numbered, &number, sizeof(numbered));
    return crc32c(key, crc32c({numbered, sizeof(numbered)}));
}

SlotState slot_state(std::string_view slot, std::uint32_t number) {
    std::uint32_t check;
    std::memcpy(&check, slot.data() + kCheckAt, sizeof(check));
    const std::uint32_t expected = slot_check(number, slot.substr(0, kKeyBytes));
    char alive_end[4] = {kAliveMark, 0, 0, 0};
    if (check == expected && std::memcmp(slot.data() + kMarkAt, alive_end, 4) == 0) {
        return SlotState::kAlive;
    }
    const char destroyed_end[4] = {kDestroyedMark, 0, 0, 0};
    return std::memcmp(slot.data() + kMarkAt, destroyed_end, 4) == 0 ? SlotState::kDestroyed
                                                                     : SlotState::kDamaged;
}

tl::unexpected<Error> bad_header(const char* what) {
    return fail(
        Code::kCorrupt, "vault.damaged",
        std::string("the header of the key file ") + what + "; restore keys.slab from a backup");
}

}  // namespace

std::string encode_key_header(std::uint32_t slab_count) {
    ByteWriter writer;
    writer.put_raw(kMagic);
    writer.put(kVersion);
    writer.put(kSlotsPerSlab);
    writer.put(slab_count);
    writer.put(crc32c(writer.bytes()));
    std::string header = writer.take();
    header.resize(kKeyHeaderBytes, '\0');
    return header;
}

Result<std::uint32_t> decode_key_header(std::string_view bytes) {
    if (bytes.size() < kKeyHeaderBytes) return bad_header("is cut short");
    ByteReader reader(bytes);
    if (reader.get_raw(kMagic.size()) != kMagic) return bad_header("is not one of Altis");
    const auto version = reader.get<std::uint32_t>();
    const auto slots = reader.get<std::uint32_t>();
    const auto slab_count = reader.get<std::uint32_t>();
    const auto check = reader.get<std::uint32_t>();
    if (check != crc32c(bytes.substr(0, 20))) return bad_header("has a wrong check");
    if (version != kVersion) return bad_header("is of an unknown version");
    if (slots != kSlotsPerSlab) return bad_header("names an unknown slab size");
    return slab_count;
}

std::string destroyed_slot() {
    std::string slot(kSlotBytes, '\0');
    slot[kMarkAt] = kDestroyedMark;
    return slot;
}

void wipe(std::string& bytes) {
    sodium_memzero(bytes.data(), bytes.size());
}

KeyCopy::~KeyCopy() {
    sodium_memzero(bytes.data(), bytes.size());
}

void KeySlab::FreeLocked::operator()(unsigned char* bytes) const {
    sodium_free(bytes);
}

Result<KeySlab> KeySlab::allocate() {
    KeySlab slab;
    slab.keys_.reset(static_cast<unsigned char*>(sodium_allocarray(kSlotsPerSlab, kKeyBytes)));
    if (slab.keys_ == nullptr) {
        return fail(Code::kUnavailable, "vault.no_memory",
                    "there is no memory for more keys; give the machine more or stop others");
    }
    slab.states_.assign(kSlotsPerSlab, SlotState::kAlive);
    return slab;
}

Result<KeySlab> KeySlab::make(platform::Random& random) {
    TRY(KeySlab slab, allocate());
    random.fill(std::span<std::uint8_t>(slab.keys_.get(), kSlotsPerSlab * kKeyBytes));
    return slab;
}

Result<KeySlab> KeySlab::decode(std::string_view bytes, std::uint32_t first_number) {
    TRY(KeySlab slab, allocate());
    for (std::uint32_t i = 0; i < kSlotsPerSlab; ++i) {
        const std::string_view slot = bytes.substr(i * kSlotBytes, kSlotBytes);
        slab.states_[i] = slot_state(slot, first_number + i);
        unsigned char* key = slab.keys_.get() + i * kKeyBytes;
        if (slab.states_[i] == SlotState::kAlive) {
            std::memcpy(key, slot.data(), kKeyBytes);
        } else {
            std::memset(key, 0, kKeyBytes);
        }
    }
    return slab;
}

std::string KeySlab::encode(std::uint32_t first_number) const {
    std::string bytes(kSlabBytes, '\0');
    for (std::uint32_t i = 0; i < kSlotsPerSlab; ++i) {
        char* slot = bytes.data() + i * kSlotBytes;
        std::memcpy(slot, keys_.get() + i * kKeyBytes, kKeyBytes);
        const std::uint32_t check = slot_check(first_number + i, {slot, kKeyBytes});
        std::memcpy(slot + kCheckAt, &check, sizeof(check));
        slot[kMarkAt] = kAliveMark;
    }
    return bytes;
}

void KeySlab::copy_key(std::uint32_t index, KeyCopy& copy) const {
    std::memcpy(copy.bytes.data(), keys_.get() + index * kKeyBytes, kKeyBytes);
}

void KeySlab::destroy(std::uint32_t index) {
    sodium_memzero(keys_.get() + index * kKeyBytes, kKeyBytes);
    states_[index] = SlotState::kDestroyed;
}

}  // namespace altis::crypto
