"""Words of headers in Portuguese, Spanish and English.

Words are compared in lower case and without accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

PHONES: Final = (
    (100, "celular cel cell cellphone movel movil mobile telemovel telemoveis whatsapp whats wpp wa zap sms"),
    (100, "celulares cels celus zaps moviles mobiles"),
    (60, "fixos fijos"),
    (60, "fixo fijo residencial residencia comercial landline recado casa trabalho trabajo work home oficina"),
    (80, "telefone telefono telefones telefonos fone fono fones fonos phone phones telephone tel tels ddd+numero"),
)
"""Words for phones with their ranks; the first group with a match decides.

A mobile ranks first because both text messages and calls reach it; «telefone fixo» matches the group of landlines.
"""

EMAILS: Final = ((100, "email e+mail correo+electronico correio+eletronico"), (80, "mail correo"))

NAMES: Final = (
    (100, "nome nombre name nome+completo nombre+completo full+name fullname nomecompleto recipientname"),
    (95, "nomes nombres names"),
    (90, "destinatario recipient cliente customer primeiro+nome primer+nombre first+name firstname contato+nome"),
    (80, "paciente aluno alumno titular socio assinante beneficiario associado segurado pessoa persona usuario user"),
    (70, "aluna alumna socia segurada comprador compradora hospede huesped passageiro pasajero morador moradora"),
    (70, "membro miembro participante funcionario funcionaria empleado estudante estudiante devedor deudor inquilino"),
    (70, "candidato candidata inscrito convidado invitado doador donante tutor tutora suscriptor asegurado"),
    (70, "consumidor consumidora locatario arrendatario cooperado correntista contribuinte contribuyente eleitor"),
    (70, "atleta voluntario filiado visitante"),
    (50, "contato contacto contact razao+social razon+social"),
)

OTHERS: Final = (
    (1, "tipo type operadora carrier modelo marca status situacao data fecha date hora horario optin opt"),
    (1, "aceita acepta valido validado cpf cnpj rg cep id codigo code cod matricula contrato conta"),
    (1, "cuenta cartao tarjeta dni rut cuit cuil rfc nit curp pedido protocolo valor saldo"),
    (1, "mae madre mother pai padre father empresa company"),
    (1, "motivo reason proposta propuesta proposal linha fila row"),
    (1, "produto producto product fantasia sobrenome apellido apellidos surname last cidade ciudad city rua calle"),
)
"""Words of columns that hold something about a phone, an address or a name, or another number."""

TITLES: Final = frozenset(
    re.findall(
        r"\w+",
        "morador condomino inquilino proprietario propietario devedor deudor cedente sacado favorecido doador "
        "donante membro miembro convidado invitado participante candidato funcionario colaborador empleado "
        "estudante estudiante formando afiliado suscriptor comprador hospede huesped inscrito inscripto tutor dono "
        "dueno atleta eleitor sindico paciente alumno res resid com cel nasc nac venc dt fch fec mun compl cad "
        "carimbo marca temporal timestamp "
        "to coluna columna column campo field "
        "contatos contactos contacts clientes customers nomes nombres names emails mails telefonos phones people "
        "pessoas lead leads destino destination msisdn numero numeros number numbers num nro ddi dial principal "
        "primario primary secundario secondary alternativo alternative personal pessoal particular profissional "
        "profesional business endereco direccion address logradouro bairro barrio district complemento uf estado "
        "state provincia pais country municipio localidad regiao region zona postal zip codigo nascimento nacimiento "
        "birth birthday aniversario cumpleanos idade edad age sexo genero gender civil profissao profesion cargo "
        "ocupacao title job organization organizacao organizacion obs observacao observacoes observacion "
        "observaciones notes nota notas comentario comentarios comments descricao descripcion description assunto "
        "subject mensagem mensaje message texto text vencimento vencimiento due parcela cuota quantidade cantidade "
        "cantidad qtd qty quantity preco precio price total desconto descuento plano plan grupo group groups tag tags "
        "etiqueta etiquetas label categoria category segmento segment origem origen source canal channel campanha "
        "campana campaign lista list perfil profile criado creado created atualizado actualizado updated cadastro "
        "registro registration inscricao inscripcion compra ultima ultimo last primeira first given family middle "
        "prefix suffix nickname apelido apodo vendedor seller loja tienda store filial sucursal turma clase class "
        "curso course serie matricula responsavel responsable link url site website instagram facebook usuario user "
        "senha ddd area prefixo ramal extension ext fax quem quien who onde donde where value type key consultor "
        "corretor agente agent idioma language consentimento consent descadastrado unsubscribed subscribed "
        "preferencia preference envio entrega delivery agendamento cita appointment medico doctor",
    )
)
"""Further words of headers, about columns that say nothing of phones, addresses or names."""


def words_of(header: str) -> tuple[str, ...]:
    """Split a header into plain words.

    ``"Celular (c/ DDD)"`` becomes ``("celular", "c", "ddd")``, ``recipientName`` becomes ``("recipient", "name")``.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)", " ", header)
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z]+|\d+", plain))


def rank(words: Sequence[str], groups: Sequence[tuple[int, str]]) -> int:
    """Return the rank of the first phrase in ``groups`` whose words all occur in ``words``; 0 when there is none."""
    found = set(words)
    ranks = (points for points, group in groups for phrase in group.split() if found >= set(phrase.split("+")))
    return next(ranks, 0)


def ordinal(words: Sequence[str]) -> int:
    """Return the number in a header such as ``Telefone 2``; 0 when there is none."""
    return next((int(word) for word in words if word.isdigit() and len(word) < 3), 0)
