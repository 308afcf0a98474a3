#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace altis {
namespace {

TEST(Bytes, RoundTrip) {
    EXPECT_TRUE(rc::check([](std::uint8_t a, std::int64_t b, bool c, const std::string& d,
                             const std::string& e, std::uint16_t f) {
        ByteWriter writer;
        writer.put(a);
        writer.put(b);
        writer.put(c);
        writer.put_text(d);
        writer.put_raw(e);
        writer.put(f);
        RC_ASSERT(writer.size() == 1 + 8 + 1 + 4 + d.size() + e.size() + 2);
        const std::string bytes = writer.take();
        ByteReader reader(bytes);
        RC_ASSERT(reader.get<std::uint8_t>() == a);
        RC_ASSERT(reader.get<std::int64_t>() == b);
        RC_ASSERT(reader.get<bool>() == c);
        RC_ASSERT(reader.get_text() == d);
        RC_ASSERT(reader.get_raw(e.size()) == e);
        RC_ASSERT(!reader.done() && reader.remaining() == 2);
        RC_ASSERT(reader.get<std::uint16_t>() == f);
        RC_ASSERT(reader.ok() && reader.done() && reader.finish("it").has_value());
    }));
}

TEST(Bytes, AreLittleEndian) {
    ByteWriter writer;
    writer.put(std::uint32_t{0x01020304});
    writer.put_text("ab");
    EXPECT_EQ(writer.bytes(), std::string("\x04\x03\x02\x01\x02\0\0\0ab", 10));
}

TEST(Bytes, EveryCutIsNoticed) {
    ByteWriter writer;
    writer.put(std::uint64_t{1});
    writer.put_text("text");
    writer.put(true);
    for (std::size_t size = 0; size < writer.size(); ++size) {
        ByteReader reader(std::string_view(writer.bytes()).substr(0, size));
        reader.get<std::uint64_t>();
        reader.get_text();
        reader.get<bool>();
        EXPECT_FALSE(reader.ok()) << size;
        const auto finished = reader.finish("the frame");
        ASSERT_FALSE(finished);
        EXPECT_EQ(finished.error().reason, "bytes.malformed");
        EXPECT_NE(finished.error().message.find("the frame"), std::string::npos);
    }
}

TEST(Bytes, AfterAFailureEverythingIsEmpty) {
    ByteReader reader(
        std::string_view("\xff\xff\xff\xff"
                         "abcdefgh",
                         12));
    EXPECT_EQ(reader.get_text(), "");
    EXPECT_EQ(reader.get<std::uint8_t>(), 0);
    EXPECT_EQ(reader.get_raw(0), "");
    EXPECT_EQ(reader.remaining(), 0U);
    EXPECT_FALSE(reader.ok());
}

TEST(Bytes, LeftoversAndStrangeBoolsAreRefused) {
    ByteReader reader("ab");
    reader.get<std::uint8_t>();
    EXPECT_TRUE(reader.ok());
    EXPECT_FALSE(reader.finish("it"));
    ByteReader strange("\x02");
    EXPECT_FALSE(strange.get<bool>());
    EXPECT_FALSE(strange.ok());
}

}  // namespace
}  // namespace altis
