"""Columns that say who opted out: found by their headers, read cell by cell, and never guessed."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni.sheets.checking.opt_out import OptOutColumn, column_of, meaning_of, opt_out_columns, plain, read_answers


@pytest.mark.parametrize(
    ("header", "polarity", "channels"),
    [
        ("Descadastrado", "out", ""),
        ("Descadastrado em", "out", ""),
        ("Opt-out", "out", ""),
        ("OPTOUT", "out", ""),
        ("Email Opt Out", "out", "email"),
        ("HasOptedOutOfEmail", "out", "email"),
        ("Unsubscribed from all email", "out", "email"),
        ("UNSUB_TIME", "out", ""),
        ("doNotEmail", "out", "email"),
        ("Do Not Call", "out", "call"),
        ("no_sms", "out", "sms"),
        ("Não perturbe?", "out", ""),
        ("Não ligar", "out", "call"),
        ("Não quer receber SMS", "out", "sms"),
        ("Bloqueado", "out", ""),
        ("Blocked", "out", ""),
        ("Blacklist", "out", ""),
        ("Lista Robinson", "out", ""),
        ("Dado de baja", "out", ""),
        ("No molestar", "out", ""),
        ("Newsletter cancelada", "out", "email"),
        ("Consentimento revogado", "out", ""),
        ("WhatsApp opt-out", "out", "other"),
        ("Aceita SMS", "in", "sms"),
        ("Aceita receber", "in", ""),
        ("Aceita receber promoções", "in", ""),
        ("Accepts Marketing", "in", ""),
        ("Accepts SMS Marketing", "in", "sms"),
        ("EmailMarketingConsent", "in", "email"),
        ("SMSConsent", "in", "sms"),
        ("Opt-in", "in", ""),
        ("optin_sms", "in", "sms"),
        ("LGPD", "in", ""),
        ("Consentimento LGPD", "in", ""),
        ("Acepta publicidad", "in", ""),
        ("Autorización de datos", "in", ""),
        ("Deseja receber novidades?", "in", ""),
        ("Pode ligar?", "in", "call"),
        ("Newsletter", "in", "email"),
        ("WhatsApp opt-in", "in", "other"),
        ("Aceita contato por telefone", "in", "call sms"),
        ("isNewsletterOptIn", "in", "email"),
        ("Aceita lembrete por SMS", "in", "sms"),
        ("Habeas Data", "in", ""),
        ("Consiente el tratamiento de datos", "in", ""),
        ("Situação LGPD", "in", ""),
        ("E-mail marketing", "in", "email"),
        ("EMAIL_BLACKLISTED", "out", "email"),
        ("Registro No Llame", "out", "call"),
        ("Labels", "status", ""),
        ("Opt-in / Opt-out", "both", ""),
        ("Status para comunicação por email", "consent_status", "email"),
        ("Marketing contact status", "consent_status", ""),
        ("Status", "status", ""),
        ("Tags", "status", ""),
        ("Observações", "status", ""),
        ("Subscription status", "status", ""),
    ],
)
def test_a_header_tells_what_a_yes_means_and_for_which_channels(header, polarity, channels):
    found = column_of(header)
    assert found is not None
    assert (found.polarity, " ".join(sorted(found.channels))) == (polarity, channels)


@pytest.mark.parametrize(
    "header",
    [
        "Nome", "Celular", "E-mail", "Telefone (recado)", "CPF", "Cidade", "Data de nascimento", "Origem", "Campanha",
        "Cancelado", "Inativo", "Bloqueado crédito", "Saldo bloqueado", "Bloco", "Block", "Bloque", "Aceita cartão",
        "Acepta tarjeta", "Aceite", "Termos aceitos", "Pagamento recusado", "Prioridade baixa", "SMS recebido",
        "E-mail recebido em", "Consent source", "Opt-in IP", "Origem do consentimento", "Autoriza débito",
        "Baja temporal de stock", "Fax Opt Out", "Correo postal: no enviar",
        "",
    ],
)  # fmt: skip
def test_other_headers_say_nothing_about_opting_out(header):
    assert column_of(header) is None


OUT, IN, BOTH = (OptOutColumn("x", polarity) for polarity in ("out", "in", "both"))
STATUS, OF_MESSAGES = OptOutColumn("x", "status"), OptOutColumn("x", "consent_status")


@pytest.mark.parametrize(
    ("cell", "out", "in_"),
    [
        *((yes, "out", "send") for yes in ("Sim", "SIM ", "s", "Sí", "yes", "Y", "TRUE", "1", "1.0", "x", "✓")),
        *((no, "send", "out") for no in ("Não", "NAO", "n", "no", "false", "0", "Falso", "nunca", "✗")),
        *((empty, "empty", "empty") for empty in ("", "  ", "-", "n/a", "NULL", "nan", "Não informado", "0000-00-00")),
        *(
            (date, "out", "send")
            for date in (
                "2025-01-02", "2025-01-02T10:00:00Z", "02/01/2025 10:00", "Nov 3, 2025 10:00 AM", "3 de março de 2025",
                "45000", "20250102", "1764547200", "01-02-25", "mar/25",
            )
        ),
        *((term, "out", "out") for term in ("opt-out", "Unsubscribed", "NEVER_SUBSCRIBED", "não perturbe", "DNC")),
        *((term, "send", "send") for term in ("opt-in", "Subscribed", "Double opt-in", "consentido")),
        *((unknown, "unclear", "unclear") for unknown in ("talvez", "Sim, por SMS", "12", "pendente", "ver com Ana")),
        ("cancelado", "unclear", "out"),
        ("Ativo", "unclear", "send"),
    ],
)  # fmt: skip
def test_a_cell_says_yes_no_nothing_or_is_not_understood(cell, out, in_):
    assert meaning_of(cell, OUT, {}) == out
    assert meaning_of(cell, IN, {}) == in_


def test_a_status_counts_only_where_it_says_so_itself():
    cells = ("Descadastrado", "vip ::: unsubscribed", "Cancelado", "Sim", "")
    assert [meaning_of(cell, STATUS, {}) for cell in cells] == [
        "out", "out", "send", "send", "empty",
    ]  # fmt: skip
    assert [meaning_of(cell, OF_MESSAGES, {}) for cell in ("Cancelado", "Non-marketing contact", "lead")] == [
        "out", "out", "send",
    ]  # fmt: skip
    assert [meaning_of(cell, BOTH, {}) for cell in ("opt-out", "opt-in", "sim")] == ["out", "send", "unclear"]


@pytest.mark.parametrize(
    ("remark", "meaning"),
    [
        ("NÃO LIGAR", "out"),
        ("não quer mais receber mensagens", "out"),
        ("pediu para ser removido", "unclear"),
        ("não ligar antes das 10", "unclear"),
        ("pidió que no lo llamen", "unclear"),
        ("asked to be removed", "unclear"),
        ("cliente vip, não tem cachorro", "send"),
        ("comprou em março", "send"),
        ("Não contatado", "send"),  # a lead that no one has called yet
        ("Not contacted", "send"),
        ("não recebido", "send"),
    ],
)
def test_a_remark_that_may_be_an_opt_out_is_asked_about(remark, meaning):
    assert meaning_of(remark, STATUS, {}) == meaning


def test_a_decision_replaces_what_a_cell_would_mean():
    decided = {"talvez": True, "sim": True, "": True}
    assert [meaning_of(cell, IN, decided) for cell in ("Talvez", "SIM", "", "n/a")] == ["out"] * 4
    assert meaning_of("talvez", IN, {"talvez": False}) == "send"


def test_columns_are_found_by_header_and_cells_and_read_as_a_whole():
    table = pa.table(
        {
            "Celular (não ligar)": ["11900000001", "11900000002", "11900000003"],
            "Aceita SMS": ["sim", "talvez", ""],
            "Status": ["ativo", "novo", "novo"],
            "Tags": ["", "unsubscribed", ""],
            "Opt-out": ["", "", ""],
        }
    )
    found = opt_out_columns(table)
    assert [column.header for column in found] == ["Aceita SMS", "Tags"]
    answers = read_answers(table.column("Aceita SMS"), found[0], {})
    assert (answers.out.tolist(), answers.unclear.tolist()) == ([False] * 3, [False, True, False])
    assert (answers.empty, answers.unclear_values) == (1, (("talvez", 1),))
    assert opt_out_columns(table, ["Tags"])[-1].header == "Aceita SMS"


CELLS = st.lists(
    st.sampled_from(["sim", "Não", "", "x", "talvez", "opt-out", "2025-01-01"]) | st.text(max_size=8), max_size=9
)


@given(st.lists(CELLS, min_size=1, max_size=3), st.sampled_from([OUT, IN, BOTH, STATUS, OF_MESSAGES]))
def test_a_column_is_read_as_its_cells_are(chunks, column):
    cells = pa.chunked_array(chunks, pa.string())
    answers = read_answers(cells, column, {})
    meanings = [meaning_of(cell, column, {}) for chunk in chunks for cell in chunk]
    assert answers.out.tolist() == [meaning == "out" for meaning in meanings]
    assert answers.unclear.tolist() == [meaning == "unclear" for meaning in meanings]
    assert answers.empty == meanings.count("empty")
    assert sum(n for _, n in answers.unclear_values) == meanings.count("unclear")


@pytest.mark.parametrize("sign", "a1 -./:+T\u0301\u200b")
def test_a_long_cell_is_read_in_no_time(sign):
    assert meaning_of(sign * 32_000, IN, {}) in ("unclear", "empty")
    assert column_of(("não " + sign) * 8_000) is None or len(plain(sign * 32_000)) <= 200


@pytest.mark.parametrize(
    ("header", "polarity"),
    [
        ("Solicitou exclusão LGPD", "out"),
        ("Exclusão LGPD", "out"),
        ("LGPD - exclusão", "out"),
        ("Pedido de exclusão LGPD", "both"),
        ("Solicitud de eliminación de datos", "out"),
        ("Anonimização LGPD", "out"),
        ("Apagar dados", "out"),
        ("GDPR deletion", "out"),
        ("Delete my data", "out"),
        ("Data removal request", "out"),
        ("Oposição LGPD", "out"),
        ("Pediu para sair", "out"),
        ("Pidió salir", "out"),
        ("Remover da lista", "out"),
        ("Retirado de la lista", "out"),
        ("Tirar da lista", "out"),
        ("Excluir do envio", "out"),
        ("Removed from list", "out"),
        ("Stop SMS", "out"),
        ("Falecido", "out"),
        ("Fallecido", "out"),
        ("Deceased", "out"),
        ("Consentimento retirado", "out"),
        ("Retirou o consentimento", "out"),
        ("Consent refused", "out"),
        ("Consentimento negado", "out"),
        ("Consentimento expirado", "out"),
        ("Autorização de contato negada", "out"),
        ("Retiró el consentimiento", "out"),
        ("Dados excluídos", "out"),
        ("Removal requested", "out"),
        ("Excluir de la campaña", "out"),
        ("Exclude from campaign", "out"),
        ("STOP", "out"),
        ("Dejar de recibir", "out"),
        ("Não disparar", "out"),
        ("Fecha de fallecimiento", "out"),
        ("I agree to receive text messages. Reply STOP to opt out", "in"),
        ("Acepto recibir ofertas y puedo darme de baja", "in"),
        ("Data do consentimento", "in"),
        ("Aceito receber promoções", "in"),
        ("LGPD", "in"),
        ("LGPD ok", "in"),
        ("Termo de aceite LGPD", "in"),
        ("Política de privacidade LGPD", "in"),
        ("Autorização de uso de dados", "in"),
        ("Aceite de termos e comunicação", "in"),
        ("Autorização para uso de imagem e envio de mensagens", "in"),
        ("Contatável", "in"),
        ("Contactable", "in"),
        ("LGPD bloco 2", "both"),
        ("Encarregado LGPD", "both"),
        ("Inscrito", "both"),
        ("Cancelou inscrição", "both"),
        ("Inscrição cancelada", "both"),
        ("Resposta", "status"),
        ("Última respuesta", "status"),
    ],
)
def test_requests_to_leave_and_laws_are_told_from_consents(header, polarity):
    found = column_of(header)
    assert found is not None
    assert found.polarity == polarity


@pytest.mark.parametrize(
    "header",
    [
        "Contabilidade", "Contato", "Exclusivo", "Lista de presença", "Saiu para entrega", "Parou em",
        "Removido do carrinho", "Retirado na loja", "Aceite do orçamento", "Aceita troca",
        "Autorização de entrega na portaria por e-mail do pedido", "Nome do falecido", "Data de nascimento", "Cadastro",
        "Parada", "Stop loss", "Data de exclusividade", "Eliminatórias", "Encargado", "Apagão",
    ],
)  # fmt: skip
def test_headers_about_something_else_are_no_question(header):
    found = column_of(header)
    assert found is None or found.polarity == "status"


@pytest.mark.parametrize(
    ("header", "cell", "meaning"),
    [
        ("Exclusão LGPD", "Sim", "out"),
        ("Exclusão LGPD", "Não", "send"),
        ("Solicitou exclusão LGPD", "12/03/2026", "out"),
        ("Remover da lista", "Remover", "out"),
        ("Stop SMS", "STOP", "out"),
        ("LGPD bloco 2", "Sim", "unclear"),
        ("Autorização de uso de dados", "Negada", "out"),
        ("Contatável", "Não", "out"),
        ("Falecido", "Sim", "out"),
        ("Falecido", "Não", "send"),
        ("Inscrito", "Não", "unclear"),
        ("Resposta", "SAIR", "out"),
        ("Resposta", "Stop", "out"),
        ("Resposta", "Obrigado!", "send"),
        ("Preferência de contato", "Não deseja contato", "out"),
        ("Preferência de contato", "WhatsApp", "send"),
        ("Aceita receber mensagens?", "Sim, aceito", "send"),
        ("Aceita receber mensagens?", "Não, obrigada", "out"),
        ("¿Acepta recibir mensajes?", "No, gracias", "out"),
        ("¿Acepta recibir mensajes?", "Sí, acepto", "send"),
        ("Accepts SMS", "No thanks", "out"),
        ("Accepts SMS", "Yes, please", "send"),
        ("Aceita receber mensagens?", "Sim, mas só por e-mail", "unclear"),
        ("Aceita receber mensagens?", "Não antes das 10", "unclear"),
    ],
)
def test_what_a_cell_says_depends_on_what_the_column_asks(header, cell, meaning):
    column = column_of(header)
    assert column is not None
    assert meaning_of(cell, column, {}) == meaning
