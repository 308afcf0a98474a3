// Speed of reading ODF beside expat's own speed on the same bytes: `odf_bench FILE [ROUNDS]` prints
// one JSON object a line. Rounds alternate, so that both meet the same machine.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#ifdef ALTIS_HAS_EXPAT
#include <expat.h>
#endif

#include "results/odf.h"

namespace {

template <class Work>
double seconds_of(const Work& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void print_speed(const char* what, std::size_t bytes, double seconds) {
    std::printf("{\"what\": \"%s\", \"bytes\": %zu, \"value\": %.1f, \"unit\": \"MB/s\"}\n", what,
                bytes, static_cast<double>(bytes) / seconds / 1e6);
}

// Expat with handlers that do nothing: it checks that the XML is well formed, and no more.
bool run_expat([[maybe_unused]] const std::string& xml) {
#ifdef ALTIS_HAS_EXPAT
    XML_Parser parser = XML_ParserCreate(nullptr);
    XML_SetElementHandler(
        parser, [](void*, const char*, const char**) {}, [](void*, const char*) {});
    const auto status = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1);
    XML_ParserFree(parser);
    return status == XML_STATUS_OK;
#else
    return false;
#endif
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: odf_bench FILE [ROUNDS]\n");
        return 2;
    }
    std::ostringstream text;
    text << std::ifstream(argv[1], std::ios::binary).rdbuf();
    const std::string xml = text.str();
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 300;
    const auto message = altis::results::parse_odf(xml);
    if (!message) {
        std::fprintf(stderr, "%s\n", message.error().message.c_str());
        return 1;
    }
    const bool has_expat = run_expat(xml);
    double ours_s = 1e9;
    double expat_s = 1e9;
    for (int i = 0; i < rounds; ++i) {
        ours_s = std::min(ours_s, seconds_of([&xml] { (void)altis::results::parse_odf(xml); }));
        if (has_expat) expat_s = std::min(expat_s, seconds_of([&xml] { run_expat(xml); }));
    }
    print_speed("parse_odf", xml.size(), ours_s);
    if (has_expat) {
        print_speed("expat alone", xml.size(), expat_s);
    } else {
        std::fprintf(stderr, "no comparison: install libexpat1-dev and build again\n");
    }
    return 0;
}
