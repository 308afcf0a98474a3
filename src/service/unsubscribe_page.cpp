#include "service/unsubscribe_page.h"

#include <algorithm>
#include <array>

namespace altis::service {
namespace {

struct Words {
    std::string_view language;
    std::string_view question;
    std::string_view button;
    std::string_view done;
};

constexpr std::array<Words, 12> kWords = {{
    {"en", "Do you want no more messages at this address?", "Unsubscribe",
     "You get no more messages at this address."},
    {"fr", "Ne plus recevoir de messages à cette adresse ?", "Se désabonner",
     "Vous ne recevrez plus de messages à cette adresse."},
    {"es", "¿No quiere recibir más mensajes en esta dirección?", "Darse de baja",
     "Ya no recibirá mensajes en esta dirección."},
    {"pt", "Não quer receber mais mensagens neste endereço?", "Cancelar inscrição",
     "Não receberá mais mensagens neste endereço."},
    {"de", "Keine Nachrichten mehr an diese Adresse?", "Abmelden",
     "An diese Adresse kommen keine Nachrichten mehr."},
    {"it", "Non vuole più ricevere messaggi a questo indirizzo?", "Annulla iscrizione",
     "Non riceverà più messaggi a questo indirizzo."},
    {"ja", "このアドレスへの配信を停止しますか？", "配信を停止する",
     "このアドレスへの配信を停止しました。"},
    {"zh", "不再向此地址发送消息？", "退订", "此地址将不再收到消息。"},
    {"ko", "이 주소로 메시지를 그만 받으시겠습니까?", "수신 거부",
     "이 주소로는 더 이상 메시지가 발송되지 않습니다."},
    {"ar", "هل تريد إيقاف الرسائل إلى هذا العنوان؟", "إلغاء الاشتراك",
     "لن تصلك رسائل أخرى على هذا العنوان."},
    {"ru", "Больше не присылать сообщения на этот адрес?", "Отписаться",
     "Сообщения на этот адрес больше не приходят."},
    {"hi", "क्या संदेश बंद करने हैं?", "सदस्यता समाप्त करें", "इस पते पर अब कोई संदेश नहीं आएगा।"},
}};

const Words& words_of(std::string_view language) {
    const auto found = std::ranges::find(kWords, language, &Words::language);
    return found == kWords.end() ? kWords.front() : *found;
}

std::string page(const Words& words, std::string_view title, std::string_view content) {
    std::string html = "<!doctype html><html lang=\"" + std::string(words.language) + "\" dir=\"" +
                       (words.language == "ar" ? "rtl" : "ltr") +
                       "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                       "content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">"
                       "<title>";
    html += title;
    html +=
        "</title><style>body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;"
        "padding:0 1rem;color:#1a1a1a;background:#fff}button{font:inherit;padding:.5rem 1.5rem;"
        "color:#fff;background:#1d4ed8;border:0;border-radius:.3rem}</style></head><body><main>";
    html += content;
    return html + "</main></body></html>\n";
}

}  // namespace

std::string unsubscribe_path(std::string_view subscription, std::string_view language) {
    return "/unsubscribe/" + std::string(subscription) + "?lang=" + std::string(language);
}

std::string unsubscribe_page(std::string_view language) {
    const Words& words = words_of(language);
    std::string form = "<h1>" + std::string(words.question) +
                       "</h1><form method=\"post\"><button name=\"List-Unsubscribe\" "
                       "value=\"One-Click\">" +
                       std::string(words.button) + "</button></form>";
    return page(words, words.button, form);
}

std::string unsubscribed_page(std::string_view language) {
    const Words& words = words_of(language);
    return page(words, words.button, "<h1>" + std::string(words.done) + "</h1>");
}

}  // namespace altis::service
