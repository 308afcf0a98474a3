#include "codec/deflate_stream.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/inflater_fixture.h"

namespace altis::codec {
namespace {

RC_GTEST_PROP(DeflateStream, EachPieceTellsWhatItWasGiven, (std::vector<std::string> texts)) {
    DeflateStream stream;
    fixture::Inflater reader;
    for (const std::string& text : texts) {
        const std::string piece = stream.pack(text);
        RC_ASSERT(reader.add(piece) == text);
        if (!text.empty()) RC_ASSERT(piece.ends_with(kDeflatePieceEnd));
    }
}

TEST(DeflateStream, WhatWasSaidBeforeCostsLittle) {
    DeflateStream stream;
    const std::string text = "The quick brown fox jumps over the lazy dog, and does so again.";
    const std::string first = stream.pack(text);
    const std::string second = stream.pack(text);
    EXPECT_LT(second.size(), first.size() / 4);
    stream.forget();
    EXPECT_EQ(stream.pack(text), first);
    EXPECT_EQ(deflate_piece(text), first);
    EXPECT_EQ(deflate_piece(text), first);
}

TEST(DeflateStream, LargeTextsAndThoseThatCannotBePacked) {
    DeflateStream stream;
    fixture::Inflater reader;
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 300'000; ++i) {
        state = state * 1'664'525U + 1'013'904'223U;
        noise.push_back(static_cast<char>(state >> 24));
    }
    for (const std::string& text : {noise, std::string(1'000'000, 'a'), noise})
        EXPECT_EQ(reader.add(stream.pack(text)), text);
}

}  // namespace
}  // namespace altis::codec
