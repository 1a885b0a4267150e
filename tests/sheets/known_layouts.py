"""Headers of the lists that operators bring, from address books, shops, CRMs, schools and plain spreadsheets.

Each layout is a name, its headers with a letter for the kind of their cells, and the columns that are right. All people
are invented.
"""

from __future__ import annotations

from typing import Final

ROWS: Final = 12
_FIRST: Final = ("Ana", "Bia", "Caio", "Davi", "Eva", "Fábio", "Gil", "Hugo", "Iara", "José", "Kauã", "Lia")
_LAST: Final = ("Lima", "Reis", "Sá", "Luz", "Melo", "Dias", "Cruz", "Paz", "Rosa", "Pinto", "Nery", "Braga")


def cell(kind: str, at: int) -> str:
    """Return the cell of row ``at`` (from 0) in a column of a kind."""
    turn = at % 3
    return {
        "n": f"{_FIRST[at]} {_LAST[at]}",
        "f": _FIRST[at],
        "l": _LAST[at],
        "w": f"{_FIRST[-1 - at]} {_LAST[at]}",  # a relative's name
        "N": ("Vera Sol", "Rui Mar", "Iuri Céu")[turn],  # a name of staff
        "k": "Loja Exemplo",
        "K": f"Empresa {_LAST[at]} Ltda",
        "m": f"(11) 98765-{at:04d}",
        "M": f"5511987654{at:03d}",
        "F": f"p:+55119876{at:05d}",
        "o": f"(21) 99876-{at:04d}",  # another mobile, in every row
        "h": f"(31) 99765-{at:04d}" if at % 2 else "",
        "r": f"(41) 99654-{at:04d}",  # a relative's
        "S": ("(11) 91111-0001", "(11) 91111-0002", "(11) 91111-0003")[turn],  # staff
        "X": "(11) 3000-1000",  # the shop's
        "x": f"(11) 3333-{at:04d}",
        "y": f"(11) 3444-{at:04d}" if at % 2 else "",
        "D": ("11", "21", "31")[turn],
        "p": f"98765-{at:04d}",
        "q": f"3333-{at:04d}",
        "P": "55",
        "e": f"pessoa{at}@example.com",
        "g": f"outro{at}@example.org" if at % 2 else "",
        "R": f"familia{at}@example.org",
        "E": ("vera@example.net", "rui@example.net", "iuri@example.net")[turn],
        "A": "anonymous",
        "c": ("Recife", "Santos", "Belém")[turn],
        "d": f"{at + 1:02d}/11/2026",
        "v": f"R$ {at * 10 + 9},90",
        "i": str(10_000 + at),
        "z": f"{12345678900 + at}",
        "t": ("VIP", "Novo", "Antigo")[turn],
        "T": "Mobile",
        "b": "",
    }[kind]


LAYOUTS: Final[tuple[tuple[str, str, str], ...]] = (
    # Address books
    ("Google Contacts, old",
     "Name=n|Given Name=f|Additional Name=b|Family Name=l|Yomi Name=b|Group Membership=t|E-mail 1 - Type=T|"
     "E-mail 1 - Value=e|E-mail 2 - Type=T|E-mail 2 - Value=g|Phone 1 - Type=T|Phone 1 - Value=m|Phone 2 - Type=T|"
     "Phone 2 - Value=y|Organization 1 - Name=K|Organization 1 - Title=t",
     "phone1=Phone 1 - Value|email=E-mail 1 - Value|recipientName=Name"),
    ("Google Contacts, new",
     "First Name=f|Middle Name=b|Last Name=l|Phonetic First Name=b|Nickname=b|File As=b|Organization Name=K|"
     "Organization Title=t|Birthday=b|Notes=b|Labels=t|E-mail 1 - Label=T|E-mail 1 - Value=e|Phone 1 - Label=T|"
     "Phone 1 - Value=m|Phone 2 - Label=T|Phone 2 - Value=y",
     "phone1=Phone 1 - Value|email=E-mail 1 - Value|recipientName=First Name"),
    ("Google Contacts, Portuguese",
     "Nome=f|Nome do meio=b|Sobrenome=l|Nome da organização=K|Cargo da organização=t|Marcadores=t|"
     "E-mail 1 - Rótulo=T|E-mail 1 - Valor=e|Telefone 1 - Rótulo=T|Telefone 1 - Valor=m",
     "phone1=Telefone 1 - Valor|email=E-mail 1 - Valor|recipientName=Nome"),
    ("Outlook",
     "Title=b|First Name=f|Middle Name=b|Last Name=l|Suffix=b|Company=K|Department=t|Job Title=t|Business City=c|"
     "Assistant's Phone=S|Business Fax=b|Business Phone=x|Business Phone 2=b|Company Main Phone=X|Home Fax=b|"
     "Home Phone=y|Mobile Phone=m|Other Phone=b|Pager=b|Primary Phone=b|Account=b|Anniversary=b|Assistant's Name=N|"
     "E-mail Address=e|E-mail Type=T|E-mail Display Name=n|E-mail 2 Address=g|Manager's Name=N",
     "phone1=Mobile Phone|email=E-mail Address|recipientName=First Name"),
    ("Outlook, Portuguese",
     "Título=b|Primeiro Nome=f|Segundo Nome=b|Sobrenome=l|Empresa=K|Departamento=t|Telefone do Assistente=S|"
     "Telefone Comercial=x|Telefone Principal da Empresa=X|Telefone Residencial=y|Telefone Celular=m|"
     "Endereço de Email=e|Nome para Exibição do Email=n|Nome do Gerente=N",
     "phone1=Telefone Celular|email=Endereço de Email|recipientName=Primeiro Nome"),
    ("Outlook, Spanish",
     "Título=b|Nombre=f|Segundo nombre=b|Apellidos=l|Organización=K|Teléfono del trabajo=x|Teléfono particular=y|"
     "Teléfono móvil=m|Dirección de correo electrónico=e|Nombre del jefe=N",
     "phone1=Teléfono móvil|email=Dirección de correo electrónico|recipientName=Nombre"),
    ("iPhone", "First name=f|Last name=l|Company=K|Mobile=m|Home=y|Work=x|Email=e|Notes=b",
     "phone1=Mobile|email=Email|recipientName=First name"),
    ("iPhone, Portuguese",
     "Nome=f|Sobrenome=l|Empresa=K|Celular=m|Casa=y|Trabalho=x|E-mail (casa)=e|E-mail (trabalho)=g|Aniversário=d",
     "phone1=Celular|email=E-mail (casa)|recipientName=Nome"),
    ("Thunderbird",
     "First Name=f|Last Name=l|Display Name=n|Nickname=b|Primary Email=e|Secondary Email=g|Screen Name=b|Work Phone=x|"
     "Home Phone=y|Fax Number=b|Pager Number=b|Mobile Number=m|Organization=K",
     "phone1=Mobile Number|email=Primary Email|recipientName=First Name"),
    ("Yahoo",
     "First=f|Middle=b|Last=l|Nickname=b|Email=e|Category=t|Messenger ID=b|Home=y|Work=x|Pager=b|Fax=b|Mobile=m|"
     "Other=b",
     "phone1=Mobile|email=Email"),
    ("Android", "Display Name=n|Mobile Phone=m|Home Phone=y|Work Phone=b|E-mail Address=e",
     "phone1=Mobile Phone|email=E-mail Address|recipientName=Display Name"),
    # WhatsApp and messengers
    ("WhatsApp group", "Group Name=k|Phone Number=M|Saved Name=n|Public Display Name=f|Is Admin=t",
     "phone1=Phone Number|recipientName=Saved Name"),
    ("WhatsApp group, Portuguese", "Grupo=k|Número=M|Nome salvo=n|Nome público=f|Admin=t",
     "phone1=Número|recipientName=Nome salvo"),
    ("WhatsApp group, codes", "Country Code=P|Country=t|Phone Number=M|Name=n",
     "phone1=Phone Number|recipientName=Name"),
    ("WhatsApp labels", "Contato=n|WhatsApp=m|Etiqueta=t|Última mensagem=d", "phone1=WhatsApp|recipientName=Contato"),
    ("Telegram bot", "id=i|first_name=f|last_name=l|username=b|phone=M", "phone1=phone|recipientName=first_name"),
    # CRM and marketing
    ("RD Station",
     "Email=e|Nome=n|Telefone=y|Celular=m|Cargo=t|Empresa=K|Estado=t|Cidade=c|Estágio no funil=t|Dono do Lead=N|"
     "Lead Scoring - Perfil=t|Data da primeira conversão=d|Tags=t",
     "phone1=Celular|email=Email|recipientName=Nome"),
    ("RD Station CRM",
     "Nome do negócio=t|Responsável=N|Email do responsável=E|Nome do contato=n|Telefone do contato=m|"
     "E-mail do contato=e|"
     "Empresa=K|Valor=v",
     "phone1=Telefone do contato|email=E-mail do contato|recipientName=Nome do contato"),
    ("HubSpot",
     "Record ID=i|First Name=f|Last Name=l|Email=e|Phone Number=y|Mobile Phone Number=m|Contact owner=N|Lead Status=t|"
     "Associated Company=K|Create Date=d",
     "phone1=Mobile Phone Number|email=Email|recipientName=First Name"),
    ("HubSpot, Portuguese",
     "ID do registro=i|Nome=f|Sobrenome=l|E-mail=e|Número de telefone=m|Proprietário do contato=N|Empresa associada=K",
     "phone1=Número de telefone|email=E-mail|recipientName=Nome"),
    ("Salesforce",
     "Contact Owner=N|First Name=f|Last Name=l|Title=t|Account Name=K|Phone=x|Mobile=m|Email=e|Account Owner=N|"
     "Mailing City=c",
     "phone1=Mobile|email=Email|recipientName=First Name"),
    ("Mautic",
     "id=i|owner=N|points=i|firstname=f|lastname=l|company=K|position=t|email=e|mobile=m|phone=y|fax=b|address1=b|"
     "city=c",
     "phone1=mobile|email=email|recipientName=firstname"),
    ("Mailchimp",
     "Email Address=e|First Name=f|Last Name=l|Address=b|Phone Number=m|Birthday=d|MEMBER_RATING=i|OPTIN_TIME=d|TAGS=t",
     "phone1=Phone Number|email=Email Address|recipientName=First Name"),
    ("Brevo", "CONTACT ID=i|EMAIL=e|FIRSTNAME=f|LASTNAME=l|SMS=M|WHATSAPP=M|ADDED_TIME=d",
     "phone1=SMS|email=EMAIL|recipientName=FIRSTNAME"),
    ("ActiveCampaign", "ID=i|Email=e|First Name=f|Last Name=l|Phone=m|Organization=K|Account Owner=N|Tags=t",
     "phone1=Phone|email=Email|recipientName=First Name"),
    ("Pipedrive",
     "Person - Name=n|Person - Label=t|Person - Organization=K|Person - Phone - Work=x|Person - Phone - Home=b|"
     "Person - Phone - Mobile=m|Person - Email - Work=e|Person - Owner=N",
     "phone1=Person - Phone - Mobile|email=Person - Email - Work|recipientName=Person - Name"),
    ("Pipedrive, Portuguese",
     "Pessoa - Nome=n|Pessoa - Organização=K|Pessoa - Telefone - Celular=m|Pessoa - E-mail - Trabalho=e|"
     "Pessoa - Proprietário=N",
     "phone1=Pessoa - Telefone - Celular|email=Pessoa - E-mail - Trabalho|recipientName=Pessoa - Nome"),
    ("Zoho CRM",
     "Contact Owner=N|Lead Source=t|First Name=f|Last Name=l|Account Name=K|Vendor Name=K|Email=e|Title=t|Phone=x|"
     "Home Phone=b|Other Phone=b|Mobile=m|Assistant=N|Asst Phone=S|Secondary Email=g|Reporting To=N",
     "phone1=Mobile|email=Email|recipientName=First Name"),
    ("Kommo",
     "ID=i|Nome do contato=n|Empresa=K|Usuário responsável=N|Telefone comercial=x|Telefone celular=m|Email comercial=e",
     "phone1=Telefone celular|email=Email comercial|recipientName=Nome do contato"),
    ("Bitrix24",
     "ID=i|Name=f|Last Name=l|Company=K|Work Phone=x|Mobile Phone=m|Work E-mail=e|Responsible person=N|Created by=N",
     "phone1=Mobile Phone|email=Work E-mail|recipientName=Name"),
    ("Agendor",
     "Nome=n|CPF=z|Empresa=K|Cargo=t|E-mail=e|Telefone=y|Celular=m|WhatsApp=m|Responsável=N|Cidade=c",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Ploomes", "Código=i|Nome=n|CNPJ/CPF=z|E-mail=e|Telefones=m|Responsável=N|Origem=t",
     "phone1=Telefones|email=E-mail|recipientName=Nome"),
    ("Freshsales", "First name=f|Last name=l|Mobile=m|Work=x|Email=e|Sales owner=N|Accounts=K",
     "phone1=Mobile|email=Email|recipientName=First name"),
    ("Zendesk", "ID=i|Name=n|Email=e|Phone=m|Organization=K|Role=t|Tags=t",
     "phone1=Phone|email=Email|recipientName=Name"),
    ("Intercom", "Name=n|Owner=N|Email=e|Phone=m|User ID=i|Last seen=d|Company name=K",
     "phone1=Phone|email=Email|recipientName=Name"),
    ("Klaviyo", "Email=e|Klaviyo ID=i|First Name=f|Last Name=l|Organization=K|Title=t|Phone Number=M|City=c",
     "phone1=Phone Number|email=Email|recipientName=First Name"),
    ("Vicidial",
     "vendor_lead_code=i|source_id=i|phone_code=P|phone_number=m|title=b|first_name=f|last_name=l|email=e|"
     "alt_phone=y|owner=N",
     "phone1=phone_number|email=email|recipientName=first_name"),
    # Shops and payments
    ("Shopify customers",
     "Customer ID=i|First Name=f|Last Name=l|Email=e|Default Address Company=K|Default Address City=c|"
     "Default Address Phone=y|Phone=m|Total Spent=v|Total Orders=i|Note=b|Tags=t",
     "phone1=Phone|email=Email|recipientName=First Name"),
    ("Shopify orders",
     "Name=i|Email=e|Financial Status=t|Total=v|Billing Name=n|Billing Phone=m|Shipping Name=w|Shipping Phone=r|"
     "Vendor=k",
     "phone1=Billing Phone|email=Email|recipientName=Billing Name"),
    ("WooCommerce",
     "Order Number=i|Order Status=t|Order Date=d|First Name (Billing)=f|Last Name (Billing)=l|Company (Billing)=b|"
     "City (Billing)=c|Email (Billing)=e|Phone (Billing)=m|First Name (Shipping)=w|Phone (Shipping)=h",
     "phone1=Phone (Billing)|email=Email (Billing)|recipientName=First Name (Billing)"),
    ("VTEX customers",
     "email=e|firstName=f|lastName=l|document=z|homePhone=m|phone=b|businessPhone=b|corporateName=b|createdIn=d",
     "phone1=homePhone|email=email|recipientName=firstName"),
    ("VTEX orders",
     "Order=i|Client Name=f|Client Last Name=l|Client Document=z|Email=e|Phone=M|UF=t|City=c|Receiver Name=w|"
     "Seller Name=k|Courrier=t|SKU Name=t",
     "phone1=Phone|email=Email|recipientName=Client Name"),
    ("Nuvemshop customers", "Nome=n|E-mail=e|Telefone=M|CPF/CNPJ=z|Total gasto=v|Última compra=d|Notas=b",
     "phone1=Telefone|email=E-mail|recipientName=Nome"),
    ("Nuvemshop orders",
     "Número do Pedido=i|E-mail=e|Data=d|Status do Pedido=t|Nome do comprador=n|CPF / CNPJ=z|Telefone=m|"
     "Nome para a entrega=w|Telefone para a entrega=h|Nome do Produto=t|Vendedor=N",
     "phone1=Telefone|email=E-mail|recipientName=Nome do comprador"),
    ("Tiendanube", "Nombre=n|Email=e|Teléfono=m|DNI=z|Total consumido=v|Última compra=d|Ciudad=c",
     "phone1=Teléfono|email=Email|recipientName=Nombre"),
    ("Tray", "Código=i|Nome=n|E-mail=e|CPF=z|Telefone=y|Celular=m|Cidade=c|Último pedido=d",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Loja Integrada", "id=i|nome=n|email=e|cpf=z|telefone_principal=y|telefone_celular=m|data_criacao=d",
     "phone1=telefone_celular|email=email|recipientName=nome"),
    ("Magento", "ID=i|Name=n|Email=e|Group=t|Phone=m|ZIP=i|Country=t|State/Province=t|Customer Since=d|Web Site=k",
     "phone1=Phone|email=Email|recipientName=Name"),
    ("PrestaShop", "ID=i|Título=t|Nombre=f|Apellidos=l|Dirección de correo electrónico=e|Móvil=m|Ventas=v",
     "phone1=Móvil|email=Dirección de correo electrónico|recipientName=Nombre"),
    ("Wix", "First Name=f|Last Name=l|Phone 1=m|Phone Type 1=T|Email 1=e|Email Type 1=T|Labels=t|Created At (UTC+0)=d",
     "phone1=Phone 1|email=Email 1|recipientName=First Name"),
    ("Hotmart",
     "Nome do Produto=t|Nome do Produtor=k|Documento do Produtor=z|Nome do Afiliado=N|Transação=i|Status=t|Nome=n|"
     "Documento=z|Email=e|DDD=D|Telefone=p|Preço Total=v",
     "phone1=DDD + Telefone|email=Email|recipientName=Nome"),
    ("Eduzz",
     "Fatura=i|Produto=t|Produtor=k|Cliente / Nome=n|Cliente / E-mail=e|Cliente / Fones=m|Cliente / Documento=z|"
     "Afiliado=N|"
     "Afiliado / E-mail=E",
     "phone1=Cliente / Fones|email=Cliente / E-mail|recipientName=Cliente / Nome"),
    ("Kiwify",
     "ID da venda=i|Status=t|Produto=t|Cliente=n|Email=e|Celular=M|CPF=z|Nome do afiliado=N|Email do afiliado=E|"
     "Valor=v",
     "phone1=Celular|email=Email|recipientName=Cliente"),
    ("Monetizze",
     "Transação=i|Nome do produto=t|Comprador=n|Email comprador=e|Telefone comprador=m|Nome produtor=k|"
     "Email produtor=E",
     "phone1=Telefone comprador|email=Email comprador|recipientName=Comprador"),
    ("Stripe", "id=i|Description=b|Email=e|Name=n|Created (UTC)=d|Card ID=i|Total Spend=v",
     "email=Email|recipientName=Name"),
    ("Asaas", "Nome=n|CPF ou CNPJ=z|E-mail=e|Fone=y|Celular=m|Empresa=b|Valor em aberto=v",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("iFood", "Cliente=n|Telefone=m|Pedidos=i|Último pedido=d|Entregador=N|Telefone do entregador=S",
     "phone1=Telefone|recipientName=Cliente"),
    # Business software
    ("Bling",
     "ID=i|Código=i|Nome=n|Fantasia=K|Endereço=t|Número=i|Bairro=c|CEP=i|Cidade=c|UF=t|Fone=x|Celular=m|E-mail=e|"
     "Web Site=b|CNPJ / CPF=z|Vendedor=N|E-mail para envio NFe=g",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Omie",
     "Código=i|Razão Social=n|Nome Fantasia=K|Telefone 1 (DDD)=D|Telefone 1=q|Celular (DDD)=D|Celular=p|E-mail=e|"
     "Contato=w",
     "phone1=Celular (DDD) + Celular|email=E-mail"),
    ("Tiny",
     "ID=i|Código=i|Nome=n|Fantasia=K|Fone=x|Fax=b|Celular=m|E-mail=e|Site=b|CPF / CNPJ=z|Vendedor=N|Observações=b",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Conta Azul", "Nome=n|Nome Fantasia=K|Tipo=t|CPF/CNPJ=z|E-mail=e|Telefone Comercial=x|Celular=m|Cidade=c",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Protheus", "A1_COD=i|A1_LOJA=t|A1_NOME=n|A1_NREDUZ=K|A1_DDD=D|A1_TEL=p|A1_EMAIL=e|A1_VEND=t",
     "phone1=A1_DDD + A1_TEL|email=A1_EMAIL|recipientName=A1_NOME"),
    ("SAP", "Customer=i|Name 1=n|Name 2=b|Telephone 1=x|Mobile Number=m|E-Mail Address=e|City=c|Sales Office=t",
     "phone1=Mobile Number|email=E-Mail Address|recipientName=Name 1"),
    ("NetSuite", "Internal ID=i|Name=n|Email=e|Phone=y|Mobile Phone=m|Sales Rep=N|Sales Rep Phone=S|Category=t",
     "phone1=Mobile Phone|email=Email|recipientName=Name"),
    ("Gestão de vendas",
     "Pedido=i|Vendedor=N|Celular do vendedor=S|E-mail do vendedor=E|Cliente=n|Celular do cliente=m|"
     "E-mail do cliente=e|Valor=v",
     "phone1=Celular do cliente|email=E-mail do cliente|recipientName=Cliente"),
    ("Atacado",
     "razao_social=K|nome_contato=n|fone_contato=m|email_contato=e|vendedor=N|fone_vendedor=S|cidade=c",
     "phone1=fone_contato|email=email_contato|recipientName=nome_contato"),
    # Schools, clinics, associations
    ("Escola",
     "Matrícula=i|Nome do Aluno=n|Turma=t|Celular do Aluno=m|Responsável=w|Telefone do Responsável=r|"
     "E-mail do Responsável=R|"
     "E-mail do Aluno=e|Telefone da Escola=X",
     "phone1=Celular do Aluno|email=E-mail do Aluno|recipientName=Nome do Aluno"),
    ("Escola infantil", "Aluno=n|Turma=t|Professora=N|Telefone da professora=S|Responsável=w|Celular do responsável=r",
     "phone1=Celular do responsável|recipientName=Aluno"),
    ("Colegio",
     "Código=i|Alumno=n|Grado=t|Apoderado=w|Celular Apoderado=r|Celular Alumno=m|Correo=e|Correo del colegio=E",
     "phone1=Celular Alumno|email=Correo|recipientName=Alumno"),
    ("Curso", "Inscrição=i|Participante=n|WhatsApp=m|E-mail=e|Professor=N|E-mail do professor=E|Valor da parcela=v",
     "phone1=WhatsApp|email=E-mail|recipientName=Participante"),
    ("Clínica",
     "Prontuário=i|Paciente=n|Convênio=t|Médico=N|Telefone do médico=S|Telefone=y|Celular=m|Data=d|Hora=t|E-mail=e",
     "phone1=Celular|email=E-mail|recipientName=Paciente"),
    ("Clínica, agenda",
     "Data=d|Horário=t|Profissional=N|Nome do paciente=n|Telefone do paciente=m|Contato de emergência=w|"
     "Telefone de emergência=r|Status=t",
     "phone1=Telefone do paciente|recipientName=Nome do paciente"),
    ("Consultorio", "Historia=i|Paciente=n|Doctor=N|Celular=m|Teléfono emergencia=r|Correo=e|Próxima cita=d",
     "phone1=Celular|email=Correo|recipientName=Paciente"),
    ("Odontologia", "Nome do Paciente=n|Celular 1=m|Celular 2=h|Dentista=N|Indicação=w|Telefone indicação=r",
     "phone1=Celular 1|recipientName=Nome do Paciente"),
    ("Veterinária", "Tutor=n|Telefone do tutor=m|Pet=t|Espécie=t|Veterinário=N|Telefone clínica=X",
     "phone1=Telefone do tutor|recipientName=Tutor"),
    ("Academia", "Matrícula=i|Nome=n|Plano=t|Consultor=N|Telefone consultor=S|Celular=m|E-mail=e|Vencimento=d",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Igreja", "Membro=n|Cônjuge=w|Celular=m|Celular do cônjuge=r|E-mail=e|Pastor=N",
     "phone1=Celular|email=E-mail|recipientName=Membro"),
    ("Condomínio", "Bloco=t|Unidade=i|Morador=n|Celular=m|E-mail=e|Síndico=k|Telefone do síndico=X|Telefone portaria=X",
     "phone1=Celular|email=E-mail|recipientName=Morador"),
    ("RH",
     "Matrícula=i|Funcionário=n|Cargo=t|Gestor=N|E-mail do gestor=E|Celular pessoal=m|Celular corporativo=h|"
     "E-mail pessoal=e|"
     "Contato de emergência=w|Telefone emergência=r",
     "phone1=Celular pessoal|email=E-mail pessoal|recipientName=Funcionário"),
    # Finance, property, cars, insurance, travel, events
    ("Cobrança",
     "Contrato=i|CPF=z|Devedor=n|Telefone 1=m|Telefone 2=h|Telefone 3=y|Avalista=w|Fone avalista=r|Saldo=v|"
     "Vencimento=d",
     "phone1=Telefone 1|recipientName=Devedor"),
    ("Cobranza", "Crédito=i|Titular=n|Celular titular=m|Aval=w|Celular aval=r|Saldo=v|Asesor=N|Celular asesor=S",
     "phone1=Celular titular|recipientName=Titular"),
    ("Imobiliária",
     "Imóvel=t|Corretor=N|Celular do corretor=S|E-mail do corretor=E|Lead=n|Celular=m|E-mail=e|Imobiliária=k|"
     "Telefone imobiliária=X",
     "phone1=Celular|email=E-mail"),
    ("Concessionária", "Placa=i|Modelo=t|Cliente=n|Fone Cliente=m|Consultor=N|Fone Consultor=S|Loja=k|Fone Loja=X",
     "phone1=Fone Cliente|recipientName=Cliente"),
    ("Seguros",
     "Apólice=i|Segurado=n|Tel. Segurado=m|E-mail Segurado=e|Corretora=k|Tel. Corretora=X|E-mail Corretora=E|"
     "Vigência=d",
     "phone1=Tel. Segurado|email=E-mail Segurado|recipientName=Segurado"),
    ("Viagens", "Localizador=i|Passageiro=n|Tel. Passageiro=m|E-mail=e|Agência=k|Tel. Agência=X|E-mail Agência=E",
     "phone1=Tel. Passageiro|email=E-mail|recipientName=Passageiro"),
    ("Hotel", "Reserva=i|Hóspede=n|Celular=m|E-mail=e|Quarto=i|Agência=k|Entrada=d",
     "phone1=Celular|email=E-mail|recipientName=Hóspede"),
    ("Sympla",
     "Nº ingresso=i|Nome=f|Sobrenome=l|Tipo de ingresso=t|E-mail=e|Celular=m|Nome do vendedor=N|Data compra=d",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
    ("Eventbrite",
     "Order #=i|Order Date=d|First Name=f|Last Name=l|Email=e|Cell Phone=m|Ticket Type=t|Event Name=k|Host Email=E",
     "phone1=Cell Phone|email=Email|recipientName=First Name"),
    ("Calendly",
     "Event Type Name=t|Invitee Name=n|Invitee Email=e|Text Reminder Number=m|Host Name=N|Host Email=E|"
     "Start Date & Time=d",
     "phone1=Text Reminder Number|email=Invitee Email|recipientName=Invitee Name"),
    # Forms and advertisements
    ("Google Forms, Portuguese",
     "Carimbo de data/hora=d|Nome completo=n|Seu WhatsApp (com DDD)=m|Seu melhor e-mail=e|Como nos conheceu?=t",
     "phone1=Seu WhatsApp (com DDD)|email=Seu melhor e-mail|recipientName=Nome completo"),
    ("Google Forms, Spanish",
     "Marca temporal=d|Nombre y apellido=n|Número de celular=m|Correo electrónico=e|Ciudad=c",
     "phone1=Número de celular|email=Correo electrónico|recipientName=Nombre y apellido"),
    ("Microsoft Forms",
     "ID=i|Hora de início=d|Hora de conclusão=d|Email=A|Nome=b|Nome completo2=n|Telefone para contato=m|"
     "Qual o seu e-mail?=e",
     "phone1=Telefone para contato|email=Qual o seu e-mail?|recipientName=Nome completo2"),
    ("Typeform", "#=i|What's your name?=n|Phone number=m|Email=e|Submit Date (UTC)=d|Network ID=i",
     "phone1=Phone number|email=Email|recipientName=What's your name?"),
    ("Facebook Lead Ads",
     "id=i|created_time=d|ad_id=i|ad_name=k|adset_name=k|campaign_name=k|form_name=k|is_organic=t|platform=t|"
     "full_name=n|"
     "phone_number=F|email=e",
     "phone1=phone_number|email=email|recipientName=full_name"),
    ("Facebook Lead Ads, Portuguese",
     "id=i|created_time=d|ad_name=k|campaign_name=k|form_name=k|platform=t|nome_completo=n|telefone=F|e-mail=e",
     "phone1=telefone|email=e-mail|recipientName=nome_completo"),
    ("LinkedIn", "First Name=f|Last Name=l|URL=k|Email Address=e|Company=K|Position=t|Connected On=d",
     "email=Email Address|recipientName=First Name"),
    # Plain lists
    ("Nome e celular", "Nome=n|Celular=m", "phone1=Celular|recipientName=Nome"),
    ("Three phones", "NOME=n|FONE=y|FONE2=m|FONE3=h", "phone1=FONE2|recipientName=NOME"),
    ("Contato holds phones", "Nome=n|Contato=m", "phone1=Contato|recipientName=Nome"),
    ("Contato holds names", "Contato=n|Fone=m", "phone1=Fone|recipientName=Contato"),
    ("SMS gateway", "numero=M|mensagem=t", "phone1=numero"),
    ("SMS gateway, named", "celular=M|nome=n|texto=t", "phone1=celular|recipientName=nome"),
    ("Country, area and number", "Nome=n|DDI=P|DDD=D|Telefone=p|E-mail=e",
     "phone1=DDI + DDD + Telefone|email=E-mail|recipientName=Nome"),
    ("Mexico",
     "Nombre=f|Apellido Paterno=l|Apellido Materno=l|Celular=m|Tel. Casa=y|Correo=e|Asesor=N|Tel. Asesor=S",
     "phone1=Celular|email=Correo|recipientName=Nombre"),
    ("Colombia", "Cédula=z|Nombres=f|Apellidos=l|Celular=m|Teléfono fijo=y|Email=e|Ciudad=c",
     "phone1=Celular|email=Email|recipientName=Nombres"),
    ("Chile", "RUT=i|Nombre=n|Fono=m|Fono 2=h|Mail=e|Ejecutivo=N|Fono ejecutivo=S",
     "phone1=Fono|email=Mail|recipientName=Nombre"),
    ("Argentina",
     "DNI=z|Apellido y Nombre=n|Tel. Particular=y|Tel. Celular=m|Mail=e|Tel. Laboral=x",
     "phone1=Tel. Celular|email=Mail|recipientName=Apellido y Nombre"),
    ("Perú",
     "Código=i|Estudiante=n|Celular apoderado=r|Celular=m|Correo=e|Asesor=N|Celular asesor=S",
     "phone1=Celular|email=Correo|recipientName=Estudiante"),
    ("Consumers", "Loja=k|WhatsApp loja=X|Consumidor=n|WhatsApp consumidor=m",
     "phone1=WhatsApp consumidor|recipientName=Consumidor"),
    ("Database columns",
     "NM_CLIENTE=n|NR_CELULAR=M|DS_EMAIL=e|NM_VENDEDOR=N|NR_CEL_VENDEDOR=S",
     "phone1=NR_CELULAR|email=DS_EMAIL|recipientName=NM_CLIENTE"),
    ("Supporters", "Eleitor=n|Título=z|Celular=m|Liderança=N|Celular da liderança=S|Bairro=c",
     "phone1=Celular|recipientName=Eleitor"),
    ("Rejected rows of Omni", "Motivo=t|Linha=i|Proposta=b|Nome=n|Celular=m|E-mail=e",
     "phone1=Celular|email=E-mail|recipientName=Nome"),
)  # fmt: skip
"""Name of the layout, ``header=kind`` for each column, and ``field=header`` for the right ones."""


def table_of(headers: str) -> dict[str, list[str]]:
    """Return the columns of a layout, each with its cells."""
    pairs = [each.rpartition("=") for each in headers.split("|")]
    return {header: [cell(kind, at) for at in range(ROWS)] for header, _, kind in pairs}
