#include "codec/xml.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <rapidcheck.h>

#include "codec/mutations.h"
#include "codec/text.h"

namespace altis::codec {
namespace {

const std::string kResult = R"(<?xml version="1.0" encoding="UTF-8"?>
<OdfBody DocumentType="DT_RESULT" Version='1'>
  <!-- women's free skate -->
  <Competition Code="OWG2026">
    <Result Rank="1" Result="226.79" Diff=""><Name>Liu &amp; Co</Name></Result>
    <Result Rank="2" Result="224.90"><Name><![CDATA[<Sakamoto>]]></Name></Result>
    <Note>one<!-- cut -->two<![CDATA[ three]]><Empty/> four</Note>
  </Competition>
</OdfBody>
)";

std::string reason_of(std::string_view text, const XmlLimits& limits = {}) {
    const auto document = XmlDocument::parse(text, limits);
    return document ? "" : document.error().reason;
}

TEST(Xml, ReadsElementsAttributesAndText) {
    const auto document = XmlDocument::parse(kResult);
    ASSERT_TRUE(document) << document.error().message;
    const XmlElement body = document->root();
    EXPECT_EQ(body.name(), "OdfBody");
    EXPECT_EQ(body.attribute("Version"), "1");
    EXPECT_EQ(body.text(), "");
    const XmlElement competition = body.child("Competition");
    ASSERT_TRUE(competition);
    EXPECT_FALSE(body.child("Compet"));
    EXPECT_EQ(competition.children().size(), 3U);
    const auto results = competition.children("Result");
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].attribute("Result"), "226.79");
    EXPECT_EQ(results[0].attribute("Diff"), "");
    EXPECT_TRUE(results[0].has_attribute("Diff"));
    EXPECT_FALSE(results[1].has_attribute("Diff"));
    EXPECT_EQ(results[0].child("Name").text(), "Liu & Co");
    EXPECT_EQ(results[1].child("Name").text(), "<Sakamoto>");
    EXPECT_EQ(competition.child("Note").text(), "onetwo three four");
}

TEST(Xml, OutlivesAMoveAndItsSource) {
    std::string source = kResult;
    auto document = *XmlDocument::parse(source);
    const XmlElement competition = document.root().child("Competition");
    source.assign(source.size(), 'x');
    const XmlDocument moved = std::move(document);
    EXPECT_EQ(competition.attribute("Code"), "OWG2026");
}

TEST(Xml, ReadsBuiltInEntitiesAndCharacterReferences) {
    const auto document =
        XmlDocument::parse("\xEF\xBB\xBF<a b='&lt;&#x4E00;'>&gt;&#65;&quot;&apos;</a>");
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->root().attribute("b"), "<一");
    EXPECT_EQ(document->root().text(), ">A\"'");
}

// The values of both attributes and the text, in brackets.
std::string read(std::string_view text) {
    const auto document = XmlDocument::parse(text);
    if (!document) return document.error().message;
    const XmlElement root = document->root();
    std::string all;
    for (const XmlAttribute& attribute : root.attributes())
        all += std::string(attribute.name) + "[" + std::string(attribute.value) + "]";
    return all + "[" + std::string(root.text()) + "]";
}

TEST(Xml, FoldsWhiteSpaceAsXmlSays) {
    EXPECT_EQ(read("<a b='1\r\n2\r3\n4\t5 6'>1\r\n2\r3\n4\t5 6</a>"),
              "b[1 2 3 4 5 6][1\n2\n3\n4\t5 6]");
    EXPECT_EQ(read("<a b='&#13;&#10;&#9;'>&#13;&#10;</a>"), "b[\r\n\t][\r\n]");
    EXPECT_EQ(read("<a\tb = \"'\"\r\nc\n=\n'\"'\n>\n  \n</a >\n"), "b[']c[\"][]");
    EXPECT_EQ(read("<a><![CDATA[1\r\n2\r3 &lt;]]>]] ></a>"), "[1\n2\n3 &lt;]] >]");
    EXPECT_EQ(read("<a b='&amp;lt;&amp;' c='x&#x10FFFF;&gt;>'/>"),
              "b[&lt;&]c[x\xF4\x8F\xBF\xBF>>][]");
    EXPECT_EQ(read("<_:.-9 \xC3\xA9='1'/>"), "\xC3\xA9[1][]");
}

// Joining pieces must not take the square of their number.
TEST(Xml, JoinsManyPiecesOfText) {
    std::string text = "<a>";
    for (int i = 0; i < 300'000; ++i)
        text += "xy<b/>";
    const auto document = XmlDocument::parse(text + "</a>");
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->root().text().size(), 600'000U);
}

TEST(Xml, RefusesBillionLaughsAndEveryOtherDeclaration) {
    EXPECT_EQ(reason_of(R"(<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><lolz>&lol2;</lolz>)"),
              "xml.entity_refused");
    for (const char* text :
         {"<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<a>&x;</a>",
          "<a b='&x;'/>", "<a><?php x ?></a>", "<?xml-stylesheet href='x'?><a/>", "<a/><?x?>",
          "<a><!ENTITY x 'y'></a>", " <?xml version='1.0'?><a/>"}) {
        EXPECT_EQ(reason_of(text), "xml.entity_refused") << text;
    }
}

TEST(Xml, DeclarationsInsideTextAndCommentsAreNone) {
    EXPECT_EQ(reason_of("<a><!-- <!DOCTYPE x> &y; --><![CDATA[<?z?>&y;]]></a>"), "");
}

TEST(Xml, LimitsTheDepth) {
    const auto nested = [](int levels) {
        std::string text;
        for (int i = 0; i < levels; ++i)
            text += "<a>";
        for (int i = 0; i < levels; ++i)
            text += "</a>";
        return text;
    };
    EXPECT_EQ(reason_of(nested(16)), "");
    EXPECT_EQ(reason_of(nested(17)), "xml.too_deep");
    EXPECT_EQ(reason_of("<a><b/></a>", {.max_depth = 1}), "xml.too_deep");
    std::string bomb;
    for (int i = 0; i < 5'000'000; ++i)
        bomb += "<a>";
    EXPECT_EQ(reason_of(bomb), "xml.too_deep");
    // No recursion anywhere: a million levels are only a question of the limit.
    EXPECT_EQ(reason_of(nested(1'000'000), {.max_depth = 2'000'000}), "");
}

TEST(Xml, LimitsBytesElementsAndAttributes) {
    EXPECT_EQ(reason_of("<a>" + std::string(20U << 20, 'x') + "</a>"), "xml.too_large");
    EXPECT_EQ(reason_of("<a>" + std::string((20U << 20) - 7, 'x') + "</a>"), "");
    EXPECT_EQ(reason_of("<a><b/><b/></a>", {.max_elements = 3}), "");
    EXPECT_EQ(reason_of("<a><b/><b/></a>", {.max_elements = 2}), "xml.too_large");
    std::string wide = "<a";
    for (int i = 0; i < 256; ++i)
        wide += " a" + std::to_string(i) + "=''";
    EXPECT_EQ(reason_of(wide + "/>"), "");
    EXPECT_EQ(reason_of(wide + " b=''/>"), "xml.too_large");
}

TEST(Xml, RefusesBadUtf8) {
    EXPECT_EQ(reason_of("<a>\xff</a>"), "xml.not_utf8");
    EXPECT_EQ(reason_of("<a b='\xC0\x80'/>"), "xml.not_utf8");
    EXPECT_EQ(reason_of("\xff\xfe<\0a\0/\0>\0"), "xml.not_utf8");
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
    using std::string_view_literals::operator""sv;
    for (const std::string_view text : {""sv,
                                        " "sv,
                                        "text"sv,
                                        "<a>"sv,
                                        "</a>"sv,
                                        "<a></b>"sv,
                                        "<a/><b/>"sv,
                                        "<a/>x"sv,
                                        "x<a/>"sv,
                                        "<a b='1' b='2'/>"sv,
                                        "<a b/>"sv,
                                        "<a b=1/>"sv,
                                        "<a b='1/>"sv,
                                        "<a b='<'/>"sv,
                                        "<a <b/>"sv,
                                        "<a>&</a>"sv,
                                        "<a>&amp</a>"sv,
                                        "<a>&#0;</a>"sv,
                                        "<a>&#xD800;</a>"sv,
                                        "<a>&#x110000;</a>"sv,
                                        "<a>&#99999999999;</a>"sv,
                                        "<a>&#;</a>"sv,
                                        "<a>&#-5;</a>"sv,
                                        "<a>\0</a>"sv,
                                        "<a>\x01</a>"sv,
                                        "<a><!-- </a>"sv,
                                        "<a><!-- -- --></a>"sv,
                                        "<a><!-- ---></a>"sv,
                                        "<a><!--></a>"sv,
                                        "<a>]]></a>"sv,
                                        "<a b='1'c='2'/>"sv,
                                        "<a b='1' b/>"sv,
                                        "<a b='1' ='2'/>"sv,
                                        "<a / >"sv,
                                        "<a/ b='1'>"sv,
                                        "< a/>"sv,
                                        "<a></ a>"sv,
                                        "<a></ab>"sv,
                                        "<ab></a>"sv,
                                        "<a></a b='1'>"sv,
                                        "<a>\xEF\xBF\xBE</a>"sv,
                                        "<a>&#xFFFF;</a>"sv,
                                        "<a b='&#1;'/>"sv,
                                        "<a>&#X41;</a>"sv,
                                        "<a><![CDATA[ </a>"sv,
                                        "<![CDATA[x]]><a/>"sv,
                                        "<?xml version='1.0'"sv,
                                        "<1/>"sv,
                                        "<"sv,
                                        "<a"sv,
                                        "<>"sv,
                                        "<a></a"sv,
                                        "<a/><![CDATA[x]]>"sv}) {
        const std::string reason = reason_of(text);
        EXPECT_TRUE(reason == "xml.malformed" || text.starts_with("<?")) << text << ": " << reason;
        EXPECT_NE(reason, "") << text;
    }
    EXPECT_NE(XmlDocument::parse("<a>&</a>").error().message.find("byte 3"), std::string::npos);
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        append_markup(out, std::string_view(&c, 1), MarkupPlace::kContent);
    }
    return out;
}

TEST(Xml, EscapedTextIsReadBack) {
    const auto letters = rc::gen::container<std::string>(
        rc::gen::element('a', '<', '>', '&', '"', '\'', ';', ']', '-', '!'));
    EXPECT_TRUE(rc::check([&] {
        const std::string text = *letters;
        const auto document =
            XmlDocument::parse("<a b=\"" + escaped(text) + "\">" + escaped(text) + "</a>");
        RC_ASSERT(document.has_value());
        RC_ASSERT(document->root().attribute("b") == text);
        RC_ASSERT(document->root().text() == text);
    }));
}

// Visits everything below an element, so that no handle is left untried.
std::size_t visit(const XmlElement& element) {
    std::size_t size = element.name().size() + element.text().size();
    for (const XmlElement& child : element.children())
        size += visit(child);
    return size;
}

TEST(Xml, SurvivesMutations) {
    for_each_mutation({kResult, "<a b='&lt;'>x<![CDATA[y]]></a>", "<!DOCTYPE a><a>&x;<?y?></a>"},
                      [](const std::string& text) {
                          const auto document = XmlDocument::parse(text);
                          if (!document) return;
                          ASSERT_TRUE(document->root());
                          ASSERT_LE(visit(document->root()), text.size());
                      });
}

TEST(Xml, ReadsAProductionMessage) {
    const char* shared = std::getenv("ALTIS_SHARED");
    const std::string folder = shared != nullptr ? shared : "../shared";
    std::ifstream file(folder + "/data/results/odf/BOBOTEAM4.DT_RESULT.O.xml", std::ios::binary);
    if (!file) GTEST_SKIP() << "no production message below " << folder;
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto document = XmlDocument::parse(text);
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->root().name(), "OdfBody");
    EXPECT_EQ(document->root().attribute("DocumentType"), "DT_RESULT");
    EXPECT_EQ(document->root().child("Competition").children("Result").size(), 28U);
}

}  // namespace
}  // namespace altis::codec
