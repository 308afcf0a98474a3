// Fuzzes messages/model_reply.h: whatever an endpoint answers, what passes the filter and the gate
// is found right by an oracle without any code of either.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "codec/text.h"
#include "messages/lies.h"
#include "messages/model_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::messages;
    static const auto composer = Composer::load(*standard_catalogue());
    static const ReplyFilter filter(*composer, *Vocabulary::standard());
    static const altis::messages::AliasTable names = lies::names();
    if (size == 0) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    static_cast<void>(ReplyFilter::text_of(bytes));
    const auto languages = standard_languages();
    const std::string language(languages[data[0] % languages.size()]);
    const FactRecord facts = sakamoto();
    const auto texts =
        compose_with_replies(*composer, filter, {"skate_medal"}, {{language, bytes}}, facts, names);
    ALTIS_ASSERT(texts);
    ALTIS_ASSERT(lies::Oracle(facts, language, names).fault(texts->at(language).text).empty());
    return 0;
}
