// Speed of reading ODF: `odf_bench FILE [ROUNDS]` prints one JSON object.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "results/odf.h"

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: odf_bench FILE [ROUNDS]\n");
        return 2;
    }
    std::ostringstream text;
    text << std::ifstream(argv[1], std::ios::binary).rdbuf();
    const std::string xml = text.str();
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 300;
    double best_s = 1e9;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const auto message = altis::results::parse_odf(xml);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        if (!message) {
            std::fprintf(stderr, "%s\n", message.error().message.c_str());
            return 1;
        }
        best_s = std::min(best_s, took.count());
    }
    std::printf("{\"what\": \"parse_odf\", \"bytes\": %zu, \"value\": %.1f, \"unit\": \"MB/s\"}\n",
                xml.size(), static_cast<double>(xml.size()) / best_s / 1e6);
    return 0;
}
