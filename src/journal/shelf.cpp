#include "journal/shelf.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/assert.h"
#include "journal/snapshot_file.h"

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

std::string state_of(const Book& book, std::size_t expected_bytes = 0) {
    ByteWriter out;
    out.reserve(expected_bytes);
    book.save(out);
    return out.take();
}

// The part of a snapshot that stands before the state of a book.
std::string book_header(const Book& book, std::string_view state) {
    ByteWriter out;
    out.put_text(book.name());
    out.put(static_cast<std::uint64_t>(state.size()));
    out.put_raw(crypto::as_text(crypto::sha256(state)));
    return out.take();
}

tl::unexpected<Error> unusable(const std::string& what) {
    return fail(Code::kCorrupt, "snapshot.malformed", "the snapshot cannot be used: " + what);
}

// One book's part of a snapshot.
struct BookPart {
    std::string_view name;
    std::string_view hash;
    std::string_view state;
};

Result<BookPart> read_part(ByteReader& in) {
    BookPart part;
    part.name = in.get_text();
    const auto size = in.get<std::uint64_t>();
    part.hash = in.get_raw(sizeof(crypto::Digest));
    part.state = in.get_raw(size);
    if (!in.ok()) return unusable("it ends too early");
    return part;
}

Result<void> load_book(Book& book, const BookPart& part) {
    if (part.name != book.name())
        return unusable("it does not hold the book " + std::string(book.name()));
    if (part.hash != crypto::as_text(crypto::sha256(part.state)))
        return unusable("the state of the book " + std::string(part.name) + " is damaged");
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

TakenStates Shelf::take() {
    TakenStates taken{applied_, highest_subject_, {}};
    for (std::size_t i = 0; i < books_.size(); ++i) {
        // Growing step by step would copy a large state several times.
        taken.states.push_back(state_of(*books_[i], taken_bytes_[i] + taken_bytes_[i] / 8));
        taken_bytes_[i] = taken.states.back().size();
    }
    return taken;
}

Result<void> Shelf::store(TakenStates taken) {
    const std::uint32_t slot = 1 - key_slot_;
    TRY(const crypto::Digest key, vault_.rotate(kKeyNames[slot]));
    SnapshotPacker packer;
    ByteWriter front;
    front.put(taken.highest_subject);
    front.put(static_cast<std::uint32_t>(books_.size()));
    TRY_VOID(packer.add(front.bytes()));
    for (std::size_t i = 0; i < books_.size(); ++i) {
        const std::string state = std::move(taken.states[i]);  // freed once it is packed
        TRY_VOID(packer.add(book_header(*books_[i], state)));
        TRY_VOID(packer.add(state));
    }
    TRY(const std::string file, packer.finish({taken.offset, slot, 0}, key, random_));
    TRY_VOID(
        platform::write_file_atomically(files_, directory_ + "/" + name_of(taken.offset), file));
    key_slot_ = slot;
    snapshot_offset_ = taken.offset;
    return forget_older();
}

// Makes every snapshot but the newest unreadable, then removes it.
Result<void> Shelf::forget_older() {
    TRY_VOID(vault_.rotate(kKeyNames[1 - key_slot_]));
    TRY(const auto offsets, list_snapshots(files_, directory_));
    for (const Offset offset : offsets)
        if (offset != snapshot_offset_) TRY_VOID(files_.remove(directory_ + "/" + name_of(offset)));
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
    for (Book* book : books_) {
        TRY(const BookPart part, read_part(in));
        TRY_VOID(load_book(*book, part));
    }
    TRY_VOID(in.finish("the snapshot"));
    applied_ = snapshot_offset_ = header.offset;
    highest_subject_ = highest_subject;
    key_slot_ = header.key_slot;
    return {};
}

crypto::Digest Shelf::state_hash() const {
    crypto::Sha256 hash;
    for (const Book* book : books_)
        hash.add(book_header(*book, state_of(*book)));
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
