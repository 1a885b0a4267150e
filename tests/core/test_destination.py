"""Normalisation of phones and e-mail addresses, and the values that must be rejected instead of guessed."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omni.core.destination import Destination, normalise_email, normalise_phone, sms_obstacle

MOBILE = "5511900000001"
LANDLINE = "551130000001"


@pytest.mark.parametrize(
    "written",
    [
        "11900000001",
        "5511900000001",
        "+5511900000001",
        "+55 11 90000-0001",
        "+55 (11) 90000-0001",
        "(11) 90000-0001",
        "11 9 0000 0001",
        "11.90000.0001",
        "11/90000-0001",
        "[11] 90000_0001",
        "(+55) 11 90000-0001",
        "011900000001",
        "(011) 90000-0001",
        "0 11 90000-0001",
        "+55 (0) 11 90000-0001",
        "55 011 90000-0001",
        "015 11 90000-0001",
        "0151190000-0001",
        "0xx11 90000-0001",
        "(0xx11) 90000-0001",
        "0XX 11 90000-0001",
        "(0**11) 90000-0001",
        "(xx11)90000-0001",
        "0xx15 11 90000-0001",
        "+55 0xx11 90000-0001",
        "005511900000001",
        "00 55 11 90000-0001",
        "00 15 55 11 90000-0001",
        "'11900000001",
        '="11900000001"',
        '"11900000001"',
        " 11900000001\n",
        "11900000001.0",
        "11900000001,0",
        "11900000001,00",
        "5511900000001.0",
        "5.511900000001E+12",
        "5,511900000001E+12",
        "1.1900000001e10",
        "\ufeff11\u200b90000\u200e0001",
        "11\u00a090000\u20110001",
        "11\u200990000\u22120001",
        "\u206811900000001\u2069",
        "１１９０００００００１",
        "＋５５ （１１） ９００００－０００１",
        "١١٩٠٠٠٠٠٠٠١",
        "cel: 11 90000-0001",
        "Cel.:11900000001",
        "tel 11 90000-0001",
        "tel:+55-11-90000-0001",
        "Tel/Cel: 11900000001",
        "WhatsApp: +55 11 90000-0001",
        "11 90000-0001 (WhatsApp)",
        "11 90000-0001 cel",
        "Móvil 11900000001",
        "nº 11900000001",
        "11\u30009\u205f0000\u200a0001",
        "11–90000—0001",
        "11\ufe6390000\uff0d0001",
        "﹢55 11 90000-0001",
        "11\u00ad90000\u00ad0001",
        "\u202a+5511900000001\u202c",
        "“11 90000-0001”",
        "’11900000001",
        "`11900000001`",
        "+55 015 11 90000-0001",
        "(021) 11 90000-0001",
        "0XX(11)90000-0001",
        "0x11 90000-0001",
        "0-xx-11-90000-0001",
        "11.900.000.001,00",
        "11,900,000,001.00",
        "11.900.000.001",
        "T: 11900000001",
        "c. 11 90000-0001",
        "Cel 1: 11900000001",
        "fone2 11 90000-0001",
        "[cel] 11 90000-0001",
        "Cel. (WhatsApp): 11 90000-0001",
        "DDD 11 90000-0001",
        "(DDD 11) 90000-0001",
        "telemóvel 11900000001",
        "11 90000-0001 (casa)",
        "11 90000-0001 TIM",
        "Recado: 11 90000-0001",
        "📱 11 90000-0001",
        "☎11900000001",
        "https://wa.me/5511900000001",
        "https://wa.me/5511900000001?text=Pedido%20123456789",
        "http://www.wa.me/+5511900000001/#x",
        "Chamar: https://wa.me/5511900000001 (Ana)",
        "https://web.whatsapp.com/send?phone=5511900000001&text=Oi!",
        "https://api.whatsapp.com/send/?text=Oi%2C%20123&phone=%2B55%2011%2090000-0001&app_absent=0",
        "whatsapp://send?text=Oi&phone=5511900000001",
        "5511900000001:12@s.whatsapp.net",
        "api.whatsapp.com/send?phone=5511900000001",
        "5511900000001@c.us",
        "sms:+5511900000001",
        "whatsapp:+5511900000001",
    ],
)
def test_a_mobile_in_any_notation_is_its_digits_with_country_code(written: str) -> None:
    found = normalise_phone(written)
    assert found == Destination(MOBILE, written.strip() != MOBILE)


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        ("11 3000-0001", LANDLINE, "landline"),
        ("0xx11 3000-0001", LANDLINE, "landline"),
        ("0xx15 3000-0001", "551530000001", "landline"),  # 15 is the area code, as no other follows
        ("0800 123 4567", "558001234567", "service"),
        ("11 7000-0001", "551170000001", "no_mobile"),  # Nextel's trunking service, shut down in 2018
        ("55 90000-0001", "5555900000001", None),  # area code 55, Santa Maria
        ("com. 11 3000-0001", LANDLINE, "landline"),
    ],
)
def test_other_numbers_are_read_as_libphonenumber_reads_them(written: str, value: str, kind: str | None) -> None:
    assert normalise_phone(written) == Destination(value, True)
    assert sms_obstacle(value) == (kind and f"phone.{kind}_in_sms")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+1 201 555 0123", "12015550123"),
        ("00351 912 345 678", "351912345678"),
        ("0021 351 912 345 678", "351912345678"),
        ("+54 9 11 2345-6789", "5491123456789"),
        ("wa.me/5491123456789", "5491123456789"),
        ("+52 55 1234 5678", "525512345678"),
    ],
)
def test_numbers_of_other_countries_are_shown_as_such_and_may_be_kept_out(written: str, value: str) -> None:
    assert normalise_phone(written) == Destination(value, True, None, "phone.foreign_allowed", value)
    assert normalise_phone(written, allow_foreign=False) == Destination(None, problem="phone.foreign", proposal=value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("11 8000-0001", "5511980000001"),
        ("+55 11 9000-0001", "5511990000001"),
        ("(011) 6123-0001", "5511961230001"),
    ],
)
def test_the_ninth_digit_of_an_old_mobile_is_proposed_and_added_when_agreed(written: str, value: str) -> None:
    assert normalise_phone(written) == Destination(None, problem="phone.nine_missing", proposal=value)
    assert normalise_phone(written, add_nine=True) == Destination(value, True, None, "phone.nine_added", value)


@pytest.mark.parametrize("written", ["3000-0001", "11 3000-0001", "11 90000-0001", "11 7000-0001", "90000-0001", "x"])
def test_the_ninth_digit_is_added_to_nothing_else(written: str) -> None:
    assert normalise_phone(written, add_nine=True) == normalise_phone(written)


@pytest.mark.parametrize("written", ["+52 1 55 1234 5678", "5215512345678", "00521 55 1234 5678"])
def test_the_old_one_of_mexican_mobiles_is_removed_and_reported(written: str) -> None:
    assert normalise_phone(written, "MX") == Destination("525512345678", True, None, "phone.mexico_one")
    assert normalise_phone("+52 1 55 1234 567", "MX").value is None


@pytest.mark.parametrize("written", ["+52 1 55 1234 5678", "005215512345678"])
def test_the_old_one_of_mexican_mobiles_is_reported_abroad_as_well(written: str) -> None:
    number = "525512345678"
    assert normalise_phone(written) == Destination(number, True, None, "phone.mexico_one", number)
    assert normalise_phone(written, allow_foreign=False) == Destination(None, problem="phone.foreign", proposal=number)


@pytest.mark.parametrize("written", ["044 55 1234 5678", "045 55 1234 5678", "01 55 1234 5678", "+52 01 55 1234 5678"])
def test_mexican_dialling_prefixes_used_until_2019_are_stripped(written: str) -> None:
    assert normalise_phone(written, "MX") == Destination("525512345678", True)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (LANDLINE, "landline"),
        (MOBILE, None),
        ("551170000001", "no_mobile"),
        ("558001234567", "service"),
        ("553001234567", "service"),
        ("5540041234", "service"),
        ("5530031234", "service"),
        ("12015550123", None),  # may be a mobile or a fixed line
        ("18005550123", "service"),
        ("525512345678", None),
        ("528001234567", "service"),
        ("541143210000", "landline"),
        ("548101234567", "service"),
        ("", None),
    ],
)
def test_a_number_that_cannot_get_an_sms_is_known_by_its_type(value: str, kind: str | None) -> None:
    assert sms_obstacle(value) == (kind and f"phone.{kind}_in_sms")


@pytest.mark.parametrize("written", ["", "  ", "\u00a0", "\u200b\ufeff", "\n"])
def test_nothing_is_no_problem(written: str) -> None:
    assert normalise_phone(written) == Destination(None)
    assert normalise_email(written) == Destination(None)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("90000-0001", "phone.area_code_missing"),
        ("3000-0001", "phone.area_code_missing"),
        ("+55 90000-0001", "phone.area_code_missing"),
        ("4004-0001", "phone.area_code_missing"),
        ("9090-0001", "phone.area_code_missing"),
        ("9012-3456", "phone.area_code_missing"),
        ("5,51199E+12", "phone.scientific"),
        ("5.51E12", "phone.scientific"),
        ("1E400", "phone.scientific"),
        ("0", "phone.too_short"),
        ("-", "phone.too_short"),
        ("11 9000", "phone.too_short"),
        ("119000000", "phone.too_short"),
        ("119000000010", "phone.too_long"),
        ("12015550123456789", "phone.too_long"),
        ("905321234567", "phone.too_long"),  # Turkish without its plus, read as a collect call
        ("n/a", "phone.letters"),
        ("11 9000O-0001", "phone.letters"),
        ("11 90000-0001 ramal 12", "phone.letters"),
        ("11 90000-0001 (Maria)", "phone.letters"),
        ("11 90000-0001 falar com Ana", "phone.letters"),
        ("T11900000001", "phone.letters"),
        ("11 90000-0001 / 11 90000-0002", "phone.several"),
        ("11900000001;11900000002", "phone.several"),
        ("#N/D", "phone.error_value"),
        (" #¡VALOR! ", "phone.error_value"),
        ("#NÚM!", "phone.error_value"),
        ("########", "phone.error_value"),
        ("Err:502", "phone.error_value"),
        ("#promo", "phone.letters"),
        ("+55 11 90000 0001 ::: +55 11 3000 0001", "phone.several"),
        ("(11) 90000 0001 ::: (11) 3000 0001", "phone.several"),
        ("11 90000-0001 11 90000-0002", "phone.several"),
        ("11 90000-0001 ou 11 3000-0001", "phone.several"),
        ("11 3000-0001/0002", "phone.several"),
        ("+5511900000001+5511900000002", "phone.several"),
        ("11 90000-0001\n11 90000-0002", "phone.several"),
        ("11 80000-0001", "phone.invalid"),
        ("20 90000-0001", "phone.invalid"),
        ("+11 90000-0001", "phone.invalid"),
        ("11 90000-000?1", "phone.invalid"),
        ("11 9****-0001", "phone.invalid"),
        ("31888888888", "phone.invalid"),  # Dutch with a plus; an invalid number here
    ],
)
def test_what_cannot_be_known_is_a_problem_and_never_a_guess(written: str, problem: str) -> None:
    assert normalise_phone(written) == Destination(None, problem=problem)


@pytest.mark.parametrize(
    ("written", "country", "value"),
    [
        ("11 15-2345-6789", "AR", "5491123456789"),
        ("55 1234 5678", "MX", "525512345678"),
        ("320 123 4567", "CO", "573201234567"),
        ("9 6123 4567", "CL", "56961234567"),
        ("+55 11 90000-0001", "CO", MOBILE),
    ],
)
def test_a_number_without_a_code_is_one_of_the_country(written: str, country: str, value: str) -> None:
    assert normalise_phone(written, country).value == value


def test_a_local_number_of_another_country_misses_its_area_code() -> None:
    assert normalise_phone("4123-4567", "AR").problem == "phone.area_code_missing"


def test_a_country_that_does_not_exist_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="XX"):
        normalise_phone("1", "XX")


@settings(deadline=None)
@given(st.text(alphabet="0123456789 +-().xX/,;eE\u00a0\u200b１'=\n", max_size=24) | st.text(max_size=20))
def test_any_accepted_phone_is_a_valid_number_that_reads_as_itself(written: str) -> None:
    found = normalise_phone(written)
    assert found.value is None or found.problem is None
    assert found.repaired == (found.value is not None and found.value != written.strip())
    if found.value is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(f"+{found.value}"))
        assert normalise_phone(f"+{found.value}").value == found.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("ana@example.com", "ana@example.com"),
        (" ana@example.com\t", "ana@example.com"),
        ("Ana.Souza@EXAMPLE.com", "Ana.Souza@example.com"),
        ("mailto:ana@example.com", "ana@example.com"),
        ("MAILTO:ana@example.com?subject=oi", "ana@example.com"),
        ("<ana@example.com>", "ana@example.com"),
        ("Ana Souza <ana@example.com>", "ana@example.com"),
        ('"Souza, Ana" <ana@example.com>', "ana@example.com"),
        ("ana@example.com;", "ana@example.com"),
        ("ana@example.com.", "ana@example.com"),
        ("'ana@example.com", "ana@example.com"),
        ("\ufeffana\u200b@example.com", "ana@example.com"),
        ("ana+news@mail.example.com", "ana+news@mail.example.com"),
        ("o'ana@example.com", "o'ana@example.com"),
        ("ana@açaí.example.com", "ana@açaí.example.com"),
        ("ana@AÇAÍ.example.com", "ana@açaí.example.com"),
        ("ana@xn--aa-qia8b.example.com", "ana@xn--aa-qia8b.example.com"),
        ("ana@faß.example.com", "ana@faß.example.com"),
        ("ana@FAß.example.com", "ana@faß.example.com"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_an_address_keeps_its_local_part_and_loses_its_decoration(written: str, value: str) -> None:
    assert normalise_email(written) == Destination(value, value != written.strip())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("ana", "email.malformed"),
        ("a" * 300 + "@example.com", "email.too_long"),
        ("ana@example.com" + "," * 32_000 + "b", "email.too_long"),
        ("ana@example.com, " * 30, "email.several"),
        ("@", "email.malformed"),
        ("-", "email.malformed"),
        ("ana@", "email.malformed"),
        ("@example.com", "email.malformed"),
        ("ana@example", "email.malformed"),
        ("5511900000001@c.us", "email.malformed"),
        ("5511900000001@S.WhatsApp.net", "email.malformed"),
        ("ana@example.c", "email.malformed"),
        ("ana@-example.com", "email.malformed"),
        ("ana@exam_ple.com", "email.malformed"),
        ("ana@192.0.2.1", "email.malformed"),
        ("ana@[192.0.2.1]", "email.malformed"),
        (".ana@example.com", "email.malformed"),
        ("ana souza@example.com", "email.malformed"),
        ("joão@example.com", "email.malformed"),
        ("ana@b@example.com", "email.malformed"),
        ("a" * 65 + "@example.com", "email.malformed"),
        ("ana@" + "a" * 64 + ".com", "email.malformed"),
        ("ana@" + ".".join(["a" * 50] * 6) + ".com", "email.too_long"),
        ("ana@example.com;bia@example.com", "email.several"),
        ("#N/A", "email.error_value"),
        ("#¿NOMBRE?", "email.error_value"),
        ("#ana", "email.malformed"),
        ("ana@example.com, bia@example.com", "email.several"),
        ("ana@example.com / bia@example.com", "email.several"),
    ],
)
def test_an_address_that_cannot_work_is_a_problem(written: str, problem: str) -> None:
    assert normalise_email(written) == Destination(None, problem=problem)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@gmal.com", "ana@gmail.com"),
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@gmail.co", "ana@gmail.com"),
        ("ana@gnail.com", "ana@gmail.com"),
        ("ana@gmail.com.br", "ana@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@hotmal.com", "ana@hotmail.com"),
        ("ana@hotmil.com.br", "ana@hotmail.com.br"),
        ("ana@terra.co.br", "ana@terra.com.br"),
        ("ana@yaho.com.br", "ana@yahoo.com.br"),
        ("ana@yahooo.com.br", "ana@yahoo.com.br"),
        ("ana@outlok.com", "ana@outlook.com"),
        ("ana@icloud.co", "ana@icloud.com"),
        ("ana@GMIAL.com", "ana@gmail.com"),
        ("ana@gmial.con", "ana@gmail.com"),
        ("ana@gmal.com.br", "ana@gmail.com"),
        ("ana@gmail.net", "ana@gmail.com"),
        ("ana@hotmail.con.br", "ana@hotmail.com.br"),
        ("ana@hotmailcom.br", "ana@hotmail.com.br"),
        ("ana@hotmail.cm", "ana@hotmail.com"),
        ("ana@ahoo.com", "ana@yahoo.com"),
        ("ana@mgail.com", "ana@gmail.com"),
        ("ana@yahoo.com.vr", "ana@yahoo.com.br"),
        ("ana@uol.con.br", "ana@uol.com.br"),
        ("ana@live.con", "ana@live.com"),
        ("ana@globo.con", "ana@globo.com"),
    ],
)
def test_a_typo_in_a_large_providers_domain_is_corrected_only_when_agreed(written, meant):
    typed = written.lower()
    assert normalise_email(written) == Destination(typed, typed != written, warning="email.typo", proposal=meant)
    assert normalise_email(written, correct_typos=True) == Destination(
        meant, True, warning="email.typo_corrected", proposal=meant
    )


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "ymail.com",
        "email.com",
        "mail.com",
        "me.com",
        "aol.com",
        "aol.com.br",
        "uol.com.br",
        "sol.com.br",
        "mol.com.br",
        "hotmail.fr",
        "yahoo.es",
        "outlook.pt",
        "example.com",
        "loja.com.br",
        "tim.com.br",
        "ig.com.br",
        "mg.com.br",
        "prefeitura.sp.gov.br",
        "olive.com",
        "yahoo.com.pe",
        "açaí.com",
        "hotmail.com.pe",
        "hotmail.com.co",
        "outlook.com.bo",
        "yahoo.com.uy",
        "yahoo.com.ec",
        "live.com.pe",  # not typing errors
        "terra.com.pe",
        "speedy.com.br",
        "uol.com.bo",
        "globo.co",
        "live.cm",  # a domain of another country
        "hotmart.com.br",
        "serra.com.br",
        "terras.com.br",
        "globe.com",
        "cloud.com",
        "jmail.com",
        "cortmail.com",
    ],
)
def test_domains_of_their_own_are_no_typos(domain: str) -> None:
    assert normalise_email(f"ana@{domain}", correct_typos=True) == Destination(f"ana@{domain}")


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("ana@gmail,com", "ana@gmail.com"),
        ("ana @ example.com", "ana@example.com"),
        ("ana@@example.com", "ana@example.com"),
        ("ana@example..com", "ana@example.com"),
        ("ana..souza@example.com", "ana.souza@example.com"),
        ("ana@gmailcom", "ana@gmail.com"),
        ("ana@hotmailcombr", "ana@hotmail.com.br"),
        ("ana@hotmail.com.b", "ana@hotmail.com.br"),
        ("ana@uol.com.b", "ana@uol.com.br"),
        ("ana@bol.com.r", "ana@bol.com.br"),
        ("ana souza@example.com", None),
        ("ana", None),
        ("@gmailcom", None),
    ],
)
def test_a_malformed_address_comes_with_what_one_plain_repair_makes_of_it(written: str, proposal: str | None) -> None:
    assert normalise_email(written) == Destination(None, problem="email.malformed", proposal=proposal)


@settings(deadline=None)
@given(st.emails() | st.text(alphabet="aB1.-_@ é<>;,'\u200b", max_size=20) | st.text(max_size=20))
def test_any_accepted_address_reads_as_itself(written: str) -> None:
    found = normalise_email(written)
    assert found.repaired == (found.value is not None and found.value != written.strip())
    if found.value is not None:
        again = normalise_email(found.value)
        assert (again.value, again.repaired, again.problem) == (found.value, False, None)
