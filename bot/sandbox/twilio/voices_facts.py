"""The voices that Twilio's <Say> speaks with, by language: a wrong pair of voice and language fails in earnest."""

from __future__ import annotations

import re

POLLY = {
    "arb": "Zeina",
    "ar-AE": "Hala Zayd",
    "ca-ES": "Arlet",
    "cmn-CN": "Zhiyu",
    "cs-CZ": "Jitka",
    "cy-GB": "Gwyneth",
    "da-DK": "Naja Mads Sofie",
    "de-AT": "Hannah",
    "de-CH": "Sabrina",
    "de-DE": "Marlene Vicki Hans Daniel",
    "en-AU": "Nicole Olivia Russell",
    "en-GB": "Amy Emma Brian Arthur",
    "en-GB-WLS": "Geraint",
    "en-IE": "Niamh",
    "en-IN": "Aditi Raveena Kajal",
    "en-NZ": "Aria",
    "en-SG": "Jasmine",
    "en-US": "Ivy Joanna Kendra Kimberly Salli Joey Justin Kevin Matthew Danielle Gregory Ruth Stephen Patrick",
    "en-ZA": "Ayanda",
    "es-ES": "Conchita Lucia Enrique Sergio",
    "es-MX": "Mia Andres",
    "es-US": "Lupe Penelope Miguel Pedro",
    "fi-FI": "Suvi",
    "fr-BE": "Isabelle",
    "fr-CA": "Chantal Gabrielle Liam",
    "fr-FR": "Celine Lea Mathieu Remi",
    "hi-IN": "Aditi Kajal",
    "is-IS": "Dora Karl",
    "it-IT": "Carla Bianca Giorgio Adriano",
    "ja-JP": "Mizuki Takumi Kazuha Tomoko",
    "ko-KR": "Seoyeon Jihye",
    "nb-NO": "Liv Ida",
    "nl-BE": "Lisa",
    "nl-NL": "Lotte Laura Ruben",
    "pl-PL": "Ewa Maja Jacek Jan Ola",
    "pt-BR": "Camila Vitoria Ricardo Thiago",
    "pt-PT": "Ines Cristiano",
    "ro-RO": "Carmen",
    "ru-RU": "Tatyana Maxim",
    "sv-SE": "Astrid Elin",
    "tr-TR": "Filiz Burcu",
    "yue-CN": "Hiujin",
}
# Voices that exist in Polly's neural engine alone: without the suffix they are none.
NEURAL_ONLY = frozenset(
    "Arlet Hala Zayd Hannah Sabrina Sofie Daniel Olivia Arthur Niamh Kajal Aria Jasmine Kevin Ayanda Sergio Andres "
    "Pedro Suvi Isabelle Gabrielle Liam Remi Adriano Kazuha Tomoko Jihye Ida Lisa Laura Ola Thiago Elin Burcu Hiujin "
    "Danielle Gregory Ruth Stephen Jitka".split()
)
_SPEAKS: dict[str, set[str]] = {}
for _language, _names in POLLY.items():
    for _name in _names.split():
        _SPEAKS.setdefault(_name, set()).add(_language)
_GOOGLE = re.compile(
    r"Google\.([a-z]{2,3}-[A-Z]{2})-(Standard|Wavenet|Neural2|News|Studio|Polyglot|Chirp3-HD)-[A-Za-z]+"
)
_POLLY = re.compile(r"Polly\.([A-Z][a-z]+)(-Neural|-Generative)?")


def voice_fault(voice: str, language: str) -> str:
    """What is wrong with a voice, alone or together with a language; nothing when all is well."""
    if voice in ("", "man", "woman", "alice"):
        return ""
    google = _GOOGLE.fullmatch(voice)
    if google:
        return "" if language in ("", google[1]) else f"{voice} does not speak {language}"
    polly = _POLLY.fullmatch(voice)
    if not polly or polly[1] not in _SPEAKS:
        return f"no voice is called {voice}"
    if not polly[2] and polly[1] in NEURAL_ONLY:
        return f"{voice} exists as {voice}-Neural alone"
    return "" if not language or language in _SPEAKS[polly[1]] else f"{voice} does not speak {language}"
