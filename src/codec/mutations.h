// For tests: runs a parser over damaged copies of good documents.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace altis::codec {

constexpr int kMutations = 20'000;

// Damages texts reproducibly: flips, inserts, removes, repeats and splices bytes.
class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string mutate(std::string text, std::string_view other) {
        const std::size_t changes = 1 + below(4);
        for (std::size_t i = 0; i < changes; ++i)
            change(text, other);
        return text;
    }

  private:
    std::size_t below(std::size_t bound) { return random_() % bound; }

    void change(std::string& text, std::string_view other) {
        const std::size_t at = below(text.size() + 1);
        const std::size_t length = below(20);
        switch (below(5)) {
            case 0:
                if (at < text.size()) text[at] = static_cast<char>(random_());
                break;
            case 1:
                text.insert(at, 1, "<>&;\"'\\{}[],:\n\r\0-"[below(17)]);
                break;
            case 2:
                text.erase(at, length);
                break;
            case 3:
                text.insert(at, text.substr(below(text.size() + 1), length));
                break;
            default:
                text.insert(at, other.substr(below(other.size() + 1), length));
        }
    }

    std::mt19937_64 random_;
};

// Calls `parse` with kMutations damaged copies of the texts.
template <class Parse>
void for_each_mutation(const std::vector<std::string>& texts, Parse parse) {
    Mutator mutator(20260219);
    for (std::size_t i = 0; i < kMutations; ++i) {
        const std::string& text = texts[i % texts.size()];
        parse(mutator.mutate(text, texts[(i / texts.size()) % texts.size()]));
    }
}

}  // namespace altis::codec
