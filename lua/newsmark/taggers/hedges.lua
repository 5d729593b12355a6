-- hedges: words that keep a claim at arm's length, and sources without a name, in six languages. A hedge inside a quotation is
-- the speaker's, not the reporter's: it says so in the field "voice", at half the confidence.
local newsmark = require("newsmark")

return newsmark.tagger {
  api = 1,
  name = "hedges",
  languages = { "sv", "nb", "nn", "da", "de", "it", "en" },
  tags = {
    hedge = { label = "Hedge", style = "underdotted", fields = { "voice" } },
    anonymous = { label = "Source without a name", style = "underdashed" },
  },
  lists = {
    { tag = "hedge", case = "fold", words = {
      "allegedly", "reportedly", "apparently", "purportedly", "is said to", "are said to", "is believed to", "are believed to",
      "is thought to", "appears to", "so-called", "could not be verified", "could not be independently verified",
      "påstås", "uppges", "sägs", "tros", "lär ha", "enligt uppgift", "så kallad", "så kallade", "har inte kunnat bekräftas", "påstådda",
      "angivelig", "visstnok", "skal ha", "såkalt", "såkalte", "er ikke bekreftet", "påståtte", "angivelege",
      "angiveligt", "eftersigende", "efter sigende", "skal have", "såkaldt", "såkaldte", "ikke blevet bekræftet", "påståede",
      "angeblich", "mutmaßlich", "mutmaßliche", "mutmaßlichen", "vermutlich", "offenbar", "soll angeblich", "sogenannte",
      "sogenannten", "nicht unabhängig überprüfen", "dem Vernehmen nach",
      "presunto", "presunta", "presunti", "presunte", "a quanto pare", "pare che", "stando a quanto", "cosiddetto", "cosiddetta",
      "non verificabile in modo indipendente",
    } },
    { tag = "anonymous", case = "fold", words = {
      "people familiar with the matter", "a person familiar with the matter", "a source close to", "sources close to",
      "on condition of anonymity", "a senior official", "who asked not to be named", "unnamed sources",
      "källor med insyn", "en källa med insyn", "anonyma källor", "som vill vara anonym", "en högt uppsatt tjänsteman",
      "kilder med kjennskap til saken", "en anonym kilde", "anonyme kilder", "som vil være anonym", "ønsker å være anonym",
      "kilder med kendskab til sagen", "unavngivne kilder", "ønsker at være anonym", "en højtstående embedsmand",
      "mit der Angelegenheit vertraute Personen", "mit der Sache vertraute", "aus Regierungskreisen", "anonyme Quellen",
      "wollte anonym bleiben", "wie aus Kreisen verlautete",
      "fonti vicine", "fonti anonime", "una fonte anonima", "fonti qualificate", "che ha chiesto l'anonimato",
      "a condizione di anonimato",
    } },
  },
  filter_tags = { "hedge" },
  filter = function(span, doc)
    if not newsmark.around(doc, span, "quote") then return nil end
    span.fields, span.conf = { voice = "speaker" }, 0.5
    return span
  end,
  tests = {
    "The minister [[allegedly|hedge]] knew, [[people familiar with the matter|anonymous]] said.",
    { lang = "sv", "Mannen [[uppges|hedge]] vara gripen, enligt [[källor med insyn|anonymous]]." },
    { lang = "nb", "Skipet [[skal ha|hedge]] seilt uten lys, sier [[anonyme kilder|anonymous]]." },
    { lang = "da", "Aftalen er [[angiveligt|hedge]] på plads, siger [[unavngivne kilder|anonymous]]." },
    { lang = "de", "Der [[mutmaßliche|hedge]] Täter schweigt, heißt es [[aus Regierungskreisen|anonymous]]." },
    { lang = "it", "Il [[presunto|hedge]] complice è libero, dicono [[fonti vicine|anonymous]] al governo." },
    { none = "The minister said that she knew." },
  },
}
