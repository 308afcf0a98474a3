#include "journal/hash_tree.h"

#include <algorithm>
#include <string>

#include "base/assert.h"

namespace altis::journal {

namespace {

using crypto::Digest;

// A frame begins with its length, which is never zero: so no run can pass for a frame.
constexpr std::string_view kRunPrefix("\0\0\0\0", 4);

Digest run_hash(std::span<const Digest> run) {
    std::string bytes(kRunPrefix);
    bytes.append(reinterpret_cast<const char*>(run.data()), run.size_bytes());
    return crypto::sha256(bytes);
}

// The run that the hash at `index` is in.
std::span<const Digest> run_around(std::span<const Digest> hashes, std::size_t index) {
    const std::size_t begin = index / kHashesPerRun * kHashesPerRun;
    return hashes.subspan(begin, std::min(kHashesPerRun, hashes.size() - begin));
}

std::vector<Digest> level_above(std::span<const Digest> hashes) {
    std::vector<Digest> above;
    above.reserve(hashes.size() / kHashesPerRun + 1);
    for (std::size_t i = 0; i < hashes.size(); i += kHashesPerRun)
        above.push_back(run_hash(run_around(hashes, i)));
    return above;
}

}  // namespace

Digest frame_hash(std::string_view frame) {
    return crypto::sha256(frame);
}

Digest root_of(std::span<const Digest> hashes) {
    ALTIS_ASSERT(!hashes.empty());
    std::vector<Digest> level;
    while (hashes.size() > 1) {
        level = level_above(hashes);
        hashes = level;
    }
    return hashes.front();
}

std::vector<Digest> path_of(std::span<const Digest> hashes, std::size_t index) {
    ALTIS_ASSERT(index < hashes.size());
    std::vector<Digest> path;
    std::vector<Digest> level;
    while (hashes.size() > 1) {
        const auto run = run_around(hashes, index);
        const auto self = run.begin() + static_cast<std::ptrdiff_t>(index % kHashesPerRun);
        path.insert(path.end(), run.begin(), self);
        path.insert(path.end(), self + 1, run.end());
        level = level_above(hashes);
        hashes = level;
        index /= kHashesPerRun;
    }
    return path;
}

std::optional<Digest> root_from(const Digest& hash, const TreePlace& place,
                                std::span<const Digest> path) {
    if (place.index >= place.count) return std::nullopt;
    Digest self = hash;
    std::size_t index = place.index;
    for (std::size_t count = place.count; count > 1;
         count = (count + kHashesPerRun - 1) / kHashesPerRun) {
        const std::size_t in_run = index % kHashesPerRun;
        const std::size_t others = std::min(kHashesPerRun, count - (index - in_run)) - 1;
        if (path.size() < others) return std::nullopt;
        std::vector<Digest> run(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(others));
        run.insert(run.begin() + static_cast<std::ptrdiff_t>(in_run), self);
        self = run_hash(run);
        path = path.subspan(others);
        index /= kHashesPerRun;
    }
    if (!path.empty()) return std::nullopt;
    return self;
}

}  // namespace altis::journal
