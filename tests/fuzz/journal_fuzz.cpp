// Fuzzes the reading side of the journal with a segment put together from any bytes, and from
// headers and frames whose checksums hold, so that the checks behind the checksums are reached.
#include <cstddef>
#include <cstdint>
#include <fuzzer/FuzzedDataProvider.h>
#include <string>
#include <utility>

#include "base/assert.h"
#include "crypto/vault.h"
#include "journal/journal.h"
#include "journal/layout.h"
#include "platform/faulty_file.h"

namespace {

using namespace altis;
using namespace altis::journal;

constexpr std::size_t kMaxSteps = 100'000;
const std::string kDirectory = "/journal";

std::string any_bytes(FuzzedDataProvider& in, std::size_t most) {
    return in.ConsumeBytesAsString(in.ConsumeIntegralInRange<std::size_t>(0, most));
}

std::string any_header(FuzzedDataProvider& in) {
    BatchHeader header;
    header.records = in.ConsumeIntegral<std::uint8_t>();
    header.batch_bytes = in.ConsumeBool() ? in.ConsumeIntegral<std::uint64_t>()
                                          : in.ConsumeIntegral<std::uint8_t>() * kBatchAlignment;
    header.first_offset =
        in.ConsumeBool() ? in.ConsumeIntegral<Offset>() : in.ConsumeIntegral<std::uint8_t>();
    header.time.us = in.ConsumeIntegral<std::int64_t>();
    return encode(header);
}

std::string any_frame(FuzzedDataProvider& in) {
    Frame frame;
    const bool is_sealed = in.ConsumeBool();
    frame.subject = is_sealed ? SubjectId{in.ConsumeIntegral<std::uint8_t>()} : kNoSubject;
    frame.sealed = is_sealed;
    frame.time.us = in.ConsumeIntegral<std::int64_t>();
    const std::string type = any_bytes(in, 40);
    const std::string topic = any_bytes(in, 40);
    const std::string payload = any_bytes(in, 200);
    frame.type = type;
    frame.topic = topic;
    frame.payload = payload;
    std::string bytes;
    append_frame(bytes, frame);
    return bytes;
}

std::string any_segment(FuzzedDataProvider& in) {
    std::string bytes = encode(SegmentLabel{1, kMinSegmentBytes}) + encode(SegmentStart{1, {}});
    bytes.resize(kSegmentHeaderBytes);
    while (in.remaining_bytes() > 0 && bytes.size() < kMinSegmentBytes) {
        switch (in.ConsumeIntegralInRange<int>(0, 3)) {
            case 0:
                bytes += any_bytes(in, 64);
                break;
            case 1:
                bytes += any_header(in);
                break;
            case 2:
                bytes += any_frame(in);
                break;
            default:
                bytes.resize(padded(bytes.size()));
        }
    }
    bytes.resize(kMinSegmentBytes);
    return bytes;
}

// A reader comes to its end, and offsets only ever rise.
void read_to_the_end(Reader& reader) {
    Offset last = 0;
    for (std::size_t step = 0;; ++step) {
        ALTIS_ASSERT(step < kMaxSteps);
        Record record;
        const auto found = reader.next(record);
        if (found && !*found) return;
        if (!found) continue;
        ALTIS_ASSERT(record.offset > last && !record.type.empty());
        last = record.offset;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider in(data, size);
    platform::FaultyFileSystem files;
    ALTIS_ASSERT(files.create_directories(kDirectory).has_value());
    ALTIS_ASSERT(
        platform::write_file_atomically(files, kDirectory + "/00000001.seg", any_segment(in))
            .has_value());
    if (auto reader = read_files(files, kDirectory, nullptr, 1)) read_to_the_end(**reader);
    static_cast<void>(verify(files, kDirectory, nullptr, {}));
    return 0;
}
