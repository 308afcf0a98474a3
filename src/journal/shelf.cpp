#include "journal/shelf.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/assert.h"
#include "journal/snapshot_file.h"
#include "platform/large_pages.h"
#include "platform/new_file.h"

namespace altis::journal {

namespace {

constexpr std::string_view kPrefix = "snapshot-";
constexpr std::string_view kKeyNames[] = {"snapshot-key-0", "snapshot-key-1"};

std::optional<Offset> offset_of(std::string_view name) {
    if (!name.starts_with(kPrefix)) return std::nullopt;
    name.remove_prefix(kPrefix.size());
    Offset offset = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), offset);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return offset;
}

std::string name_of(Offset offset) {
    return std::string(kPrefix) + std::to_string(offset);
}

// Whether a crash interrupted its writing.
bool is_unfinished(std::string_view name) {
    const std::string end = platform::neighbour_of("");
    return name.ends_with(end) && offset_of(name.substr(0, name.size() - end.size()));
}

// Offsets of the snapshots in a directory, newest first.
Result<std::vector<Offset>> list_snapshots(platform::FileSystem& files,
                                           const std::string& directory) {
    TRY(const auto names, files.list(directory));
    std::vector<Offset> offsets;
    for (const std::string& name : names)
        if (const auto offset = offset_of(name)) offsets.push_back(*offset);
    std::sort(offsets.rbegin(), offsets.rend());
    return offsets;
}

std::string state_of(const Book& book, std::string room = {}) {
    ByteWriter out(std::move(room));
    book.save(out);
    return out.take();
}

// The part of a snapshot that stands before the state of a book.
std::string book_header(const Book& book, std::string_view state) {
    ByteWriter out;
    out.put_text(book.name());
    out.put(static_cast<std::uint64_t>(state.size()));
    return out.take();
}

tl::unexpected<Error> unusable(const std::string& what) {
    return fail(Code::kCorrupt, "snapshot.malformed", "the snapshot cannot be used: " + what);
}

// One book's part of a snapshot.
struct BookPart {
    std::string_view name;
    std::string_view state;
};

Result<BookPart> read_part(ByteReader& in) {
    BookPart part;
    part.name = in.get_text();
    const auto size = in.get<std::uint64_t>();
    part.state = in.get_raw(size);
    if (!in.ok()) return unusable("it ends too early");
    return part;
}

Result<void> load_book(Book& book, const BookPart& part) {
    if (part.name != book.name())
        return unusable("it does not hold the book " + std::string(book.name()));
    ByteReader content(part.state);
    TRY_VOID(book.load(content));
    return content.finish(part.name);
}

Result<std::string> unpack(std::string_view file, const SnapshotHeader& header,
                           crypto::Vault& vault) {
    TRY(const crypto::Digest key, vault.secret(kKeyNames[header.key_slot]));
    return unpack_snapshot(file, key);
}

// Finds the book among all that a snapshot holds.
Result<void> load_one(Book& book, std::string_view content) {
    ByteReader in(content);
    static_cast<void>(in.get<std::uint32_t>());  // the highest subject
    for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
        TRY(const BookPart part, read_part(in));
        if (part.name == book.name()) return load_book(book, part);
    }
    return unusable("it does not hold the book " + std::string(book.name()));
}

}  // namespace

Shelf::Shelf(platform::FileSystem& files, std::string directory, crypto::Vault& vault,
             platform::Random& random, std::vector<Book*> books)
    : files_(files),
      directory_(std::move(directory)),
      vault_(vault),
      random_(random),
      books_(std::move(books)),
      taken_bytes_(books_.size(), 0) {}

Result<void> Shelf::restore(Journal& journal) {
    TRY_VOID(files_.create_directories(directory_));
    TRY_VOID(load_snapshot());
    const Offset end = journal.durable();
    if (applied_ > end)
        return fail(Code::kCorrupt, "journal.snapshot_ahead",
                    "the snapshot in " + directory_ + " is of offset " + std::to_string(applied_) +
                        " and the journal ends at " + std::to_string(end) +
                        "; restore the journal from a copy, or remove the snapshot");
    TRY(const auto reader, journal.read(applied_ + 1));
    Record record;
    while (applied_ < end) {
        TRY(const bool found, reader->next(record));
        if (!found) break;
        apply(record);
    }
    return {};
}

void Shelf::apply(const Record& record) {
    ALTIS_ASSERT(record.offset == applied_ + 1);
    for (Book* book : books_)
        book->apply(record);
    highest_subject_ = std::max(highest_subject_, to_number(record.subject));
    applied_ = record.offset;
}

std::uint64_t TakenStates::bytes() const {
    std::uint64_t bytes = 0;
    for (const std::string& state : states)
        bytes += state.size();
    return bytes;
}

// States grow with the records, or more slowly; but few records tell little about many.
std::size_t Shelf::expected_bytes(std::size_t book) const {
    if (taken_at_ == 0) return 0;
    constexpr double kMaxGrowth = 4;
    const double growth =
        std::min(static_cast<double>(applied_) / static_cast<double>(taken_at_), kMaxGrowth);
    return static_cast<std::size_t>(static_cast<double>(taken_bytes_[book]) * growth * 1.125);
}

// Getting memory from the system takes longer than filling it, so that of the last state is used
// again. Room too small costs a copy of all that is there, room too large nothing until it is used.
std::string Shelf::room_for(std::size_t book) {
    std::string room;
    {
        const std::lock_guard lock(spare_mutex_);
        if (!spare_.empty()) room.swap(spare_[book]);
    }
    const std::size_t expected = expected_bytes(book);
    if (room.capacity() >= expected) return room;
    constexpr std::size_t kMaxMore = std::size_t{1} << 30;
    std::string().swap(room);
    room.reserve(expected + std::min(expected, kMaxMore));
    platform::prefer_large_pages(room.data(), room.capacity());
    return room;
}

// What was in it may be about persons who are to be forgotten.
void Shelf::keep_room(std::vector<std::string> states) {
    std::size_t bytes = 0;
    for (std::string& state : states) {
        bytes += state.size();
        std::ranges::fill(state, '\0');
        state.clear();
    }
    if (bytes > kMaxSpareStateBytes) return;
    const std::lock_guard lock(spare_mutex_);
    spare_ = std::move(states);
}

TakenStates Shelf::take() {
    TakenStates taken{applied_, highest_subject_, {}};
    for (std::size_t i = 0; i < books_.size(); ++i) {
        taken.states.push_back(state_of(*books_[i], room_for(i)));
        taken_bytes_[i] = taken.states.back().size();
    }
    taken_at_ = applied_;
    return taken;
}

Result<void> Shelf::store(TakenStates taken) {
    const std::uint32_t slot = 1 - key_slot_;
    TRY(const crypto::Digest key, vault_.rotate(kKeyNames[slot]));
    ByteWriter front;
    front.put(taken.highest_subject);
    front.put(static_cast<std::uint32_t>(books_.size()));
    SnapshotHeader header{taken.offset, slot, front.size() + taken.bytes()};
    for (std::size_t i = 0; i < books_.size(); ++i)
        header.unpacked_bytes += book_header(*books_[i], taken.states[i]).size();
    TRY(auto file, platform::NewFile::begin(files_, directory_ + "/" + name_of(taken.offset)));
    SnapshotPacker packer(header, key, random_,
                          [&file](std::string_view bytes) { return file.append(bytes); });
    TRY_VOID(packer.add(front.bytes()));
    for (std::size_t i = 0; i < books_.size(); ++i) {
        TRY_VOID(packer.add(book_header(*books_[i], taken.states[i])));
        TRY_VOID(packer.add(taken.states[i]));
    }
    TRY_VOID(packer.finish());
    keep_room(std::move(taken.states));
    TRY_VOID(file.publish());
    key_slot_ = slot;
    snapshot_offset_ = taken.offset;
    return forget_older();
}

// Makes every snapshot but the newest unreadable, then removes it, and what a crash interrupted.
Result<void> Shelf::forget_older() {
    TRY_VOID(vault_.rotate(kKeyNames[1 - key_slot_]));
    TRY(const auto names, files_.list(directory_));
    for (const std::string& name : names) {
        const bool is_older = offset_of(name).value_or(snapshot_offset_) != snapshot_offset_;
        if (is_older || is_unfinished(name)) TRY_VOID(files_.remove(directory_ + "/" + name));
    }
    return files_.sync_directory(directory_);
}

Result<void> Shelf::load_snapshot() {
    std::vector<std::string> untouched;
    untouched.reserve(books_.size());
    for (const Book* book : books_)
        untouched.push_back(state_of(*book));
    TRY(const auto offsets, list_snapshots(files_, directory_));
    for (const Offset offset : offsets) {
        const std::string path = directory_ + "/" + name_of(offset);
        TRY(const std::string file, platform::read_file(files_, path));
        if (load_from(file)) return offsets.size() > 1 ? forget_older() : Result<void>();
        for (std::size_t i = 0; i < books_.size(); ++i) {
            ByteReader state(untouched[i]);
            TRY_VOID(books_[i]->load(state));
        }
        TRY_VOID(files_.rename(path, path + ".damaged"));
    }
    return {};
}

Result<void> Shelf::load_from(std::string_view file) {
    TRY(const SnapshotHeader header, read_snapshot_header(file));
    const auto content = unpack(file, header, vault_);
    if (!content) return tl::unexpected<Error>(content.error());
    ByteReader in(*content);
    const auto highest_subject = in.get<std::uint32_t>();
    if (in.get<std::uint32_t>() != books_.size()) return unusable("it holds other books");
    for (std::size_t i = 0; i < books_.size(); ++i) {
        TRY(const BookPart part, read_part(in));
        TRY_VOID(load_book(*books_[i], part));
        taken_bytes_[i] = part.state.size();
    }
    TRY_VOID(in.finish("the snapshot"));
    applied_ = taken_at_ = snapshot_offset_ = header.offset;
    highest_subject_ = highest_subject;
    key_slot_ = header.key_slot;
    return {};
}

crypto::Digest Shelf::state_hash() const {
    crypto::Sha256 hash;
    for (const Book* book : books_) {
        const std::string state = state_of(*book);
        hash.add(book_header(*book, state));
        hash.add(crypto::as_text(crypto::sha256(state)));
    }
    return hash.finish();
}

namespace {

Result<Offset> load_newest(platform::FileSystem& files, const std::string& directory,
                           crypto::Vault& vault, Book& book, Offset last) {
    TRY(const auto offsets, list_snapshots(files, directory));
    if (offsets.empty() || offsets.front() > last) return 0;
    TRY(const std::string file,
        platform::read_file(files, directory + "/" + name_of(offsets.front())));
    TRY(const SnapshotHeader header, read_snapshot_header(file));
    const auto content = unpack(file, header, vault);
    if (!content) return tl::unexpected<Error>(content.error());
    TRY_VOID(load_one(book, *content));
    return header.offset;
}

}  // namespace

Offset load_snapshot(platform::FileSystem& files, const std::string& directory,
                     crypto::Vault& vault, Book& book, Offset last) {
    return load_newest(files, directory, vault, book, last).value_or(0);
}

}  // namespace altis::journal
