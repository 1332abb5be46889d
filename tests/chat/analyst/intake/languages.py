"""Short tables in many languages, each with the encodings from before Unicode that its exports are written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A header and rows as people of one language write them, and the encodings that they write them in."""

    name: str
    encodings: tuple[str, ...]
    text: str

    def table(self, rows: int, separator: str = ",") -> str:
        """The header and the first `rows` rows as delimited text."""
        lines = self.text.strip().splitlines()
        return "".join(line.replace("|", separator) + "\r\n" for line in lines[: rows + 1])


_WEST = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp858")
_EAST = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
_CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")

LANGUAGES = (
    Language(
        "Korean",
        ("cp949", "euc-kr", "johab"),
        """
시도|시군구|병원명|병상수|기준일
서울특별시|종로구|서울대학교병원|1779|2024-03-31
부산광역시|서구|동아대학교병원|999|2024-03-31
대구광역시|중구|경북대학교병원|900|2024-03-31
인천광역시|남동구|가천대길병원|1400|2024-03-31
경기도|수원시 영통구|아주대학교병원|1172|2024-03-31
강원특별자치도|춘천시|강원대학교병원|600|2024-03-31
전라남도|화순군|화순전남대학교병원|705|2024-03-31
제주특별자치도|제주시|제주한라병원|592|2024-03-31
""",
    ),
    Language(
        "Korean, rare syllables",
        ("cp949",),
        """
상품명|분류|가격|설명
펲시콜라 캔|음료|1200|톡 쏘는 맛과 시원한 목넘김
뷁어 우산|잡화|15000|바람에 잘 뒤집히지 않는 우산
햏자 티셔츠|의류|23000|면 100%로 만든 여름 반팔
똠방각하 세트|도서|54000|소설 전집 다섯 권 묶음
""",
    ),
    Language(
        "Japanese",
        ("cp932", "shift_jis", "euc-jp", "iso2022_jp"),
        """
都道府県|市区町村|施設名|電話番号|面積
北海道|札幌市中央区|中央図書館|011-512-7320|12,345
東京都|千代田区|日比谷図書文化館|03-3502-3340|8,900
愛知県|名古屋市|鶴舞中央図書館|052-741-3131|10,200
大阪府|大阪市西区|中央図書館|06-6539-3300|34,532
福岡県|福岡市早良区|総合図書館|092-852-0600|24,120
京都府|京都市上京区|府立図書館ギャラリー|075-762-4655|7,500
""",
    ),
    Language(
        "Chinese, simplified",
        ("gb18030", "gbk", "gb2312", "hz"),
        """
省份|城市|单位名称|人口|备注
北京市|朝阳区|第一人民医院|3452460|重点单位
广东省|广州市|中山大学附属第三医院|18810600|三级甲等
四川省|成都市|华西医院|20938000|西部最大的医院
浙江省|杭州市|浙江大学医学院附属第二医院|12204000|已完成数据核对
湖北省|武汉市|同济医院|13649000|需要补充材料
""",
    ),
    Language(
        "Chinese, traditional",
        ("big5", "cp950", "big5hkscs"),
        """
縣市|行政區|學校名稱|學生人數|說明
臺北市|中正區|國立臺灣大學附設醫院|2350|資料更新日期
新北市|板橋區|板橋國民小學|1820|經費補助學校
臺中市|西屯區|逢甲大學|21000|私立大學
高雄市|鼓山區|中山國民中學|960|交通管制路段
臺南市|東區|國立成功大學|22300|圖書館開放時間
""",
    ),
    Language(
        "Russian",
        _CYRILLIC,
        """
Город|Организация|Сотрудников|Примечание
Москва|Городская клиническая больница|1540|Данные за прошлый год
Санкт-Петербург|Государственный университет|3200|Сведения уточняются
Новосибирск|Областная библиотека|85|Подъезд со двора
Екатеринбург|Музей истории города|42|Вход свободный
Нижний Новгород|Детская поликлиника|118|Открыта после ремонта
Казань|Центральный рынок|67|Ежедневно кроме воскресенья
""",
    ),
    Language(
        "Ukrainian",
        ("cp1251", "koi8-u", "iso8859-5", "cp1125", "mac-cyrillic"),
        """
Місто|Назва закладу|Кількість|Примітка
Київ|Національна бібліотека України|350|Дані за минулий рік
Львів|Обласна клінічна лікарня|820|Відомості уточнюються
Харків|Державний університет|2900|Вхід вільний щодня
Одеса|Музей історії міста|47|Працює з десятої години
Дніпро|Центральний ринок|61|Під'їзд із вулиці
Чернівці|Їдальня університету|12|Єдина в корпусі
""",
    ),
    Language(
        "Bulgarian",
        ("cp1251", "iso8859-5", "mac-cyrillic", "cp866"),
        """
Град|Учреждение|Брой|Бележка
София|Университетска болница|1200|Данните са за миналата година
Пловдив|Народна библиотека|95|Входът е свободен
Варна|Морски музей|38|Работи всеки ден
Бургас|Общинска администрация|240|Очаква се потвърждение
Русе|Средно училище|76|Ремонтът приключи през пролетта
""",
    ),
    Language(
        "Serbian",
        ("cp1251", "iso8859-5", "cp855"),
        """
Град|Установа|Број|Напомена
Београд|Народна библиотека Србије|310|Подаци за прошлу годину
Нови Сад|Клинички центар Војводине|1850|Чека се потврда
Ниш|Филозофски факултет|420|Улаз је слободан
Крагујевац|Дечја установа|66|Ради сваког дана
Суботица|Градска кућа|58|Љубазно особље и њихови гости
""",
    ),
    Language(
        "Greek",
        ("cp1253", "iso8859-7", "cp737", "mac-greek", "cp869"),
        """
Πόλη|Οργανισμός|Πλήθος|Παρατηρήσεις
Αθήνα|Πανεπιστημιακό νοσοκομείο|1200|Στοιχεία του προηγούμενου έτους
Θεσσαλονίκη|Αριστοτέλειο Πανεπιστήμιο|3100|Η είσοδος είναι ελεύθερη
Πάτρα|Δημοτική βιβλιοθήκη|45|Ανοιχτά κάθε μέρα
Ηράκλειο|Αρχαιολογικό μουσείο|78|Χρειάζεται επιβεβαίωση
Λάρισα|Κεντρική αγορά|33|Κλειστά την Κυριακή
""",
    ),
    Language(
        "Turkish",
        ("cp1254", "iso8859-9", "cp857", "mac-turkish"),
        """
Şehir|Kurum adı|Çalışan sayısı|Açıklama
İstanbul|Şişli Eğitim ve Araştırma Hastanesi|2100|Geçen yılın verileri
Ankara|Gazi Üniversitesi|3400|Giriş ücretsizdir
İzmir|Göğüs Hastalıkları Hastanesi|640|Öğleden sonra açık
Muğla|Köyceğiz Müdürlüğü|52|Bilgiler güncelleniyor
Diyarbakır|Şehir Kütüphanesi|28|Pazartesi günü kapalı
""",
    ),
    Language(
        "Hebrew",
        ("cp1255", "iso8859-8", "cp862"),
        """
עיר|שם המוסד|מספר עובדים|הערות
ירושלים|הספרייה הלאומית|310|הנתונים של השנה שעברה
תל אביב|בית החולים איכילוב|2900|הכניסה חופשית
חיפה|הטכניון מכון טכנולוגי לישראל|1800|פתוח בכל יום
באר שבע|אוניברסיטת בן גוריון|1500|ממתין לאישור
נתניה|המרכז העירוני|44|סגור בשבת
""",
    ),
    Language(
        "Arabic",
        ("cp1256", "iso8859-6", "cp720", "mac-arabic", "cp864"),
        """
المدينة|اسم المؤسسة|عدد الموظفين|ملاحظات
القاهرة|مستشفى القصر العيني|2300|بيانات العام الماضي
الرياض|جامعة الملك سعود|5100|الدخول مجاني
دمشق|المكتبة الوطنية|140|مفتوح كل يوم
بغداد|وزارة التربية والتعليم|870|في انتظار التأكيد
الدار البيضاء|السوق المركزي|65|مغلق يوم الجمعة
""",
    ),
    Language(
        "Persian",
        ("cp1256",),
        """
شهر|نام سازمان|تعداد کارکنان|توضيحات
تهران|بيمارستان امام|2100|آمار سال گذشته
شيراز|دانشگاه شيراز|1700|ورود آزاد است
اصفهان|کتابخانه مرکزي|85|همه روزه باز است
تبريز|موزه شهر|40|در انتظار تاييد
""",
    ),
    Language(
        "Thai",
        ("tis-620", "cp874", "iso8859-11"),
        """
จังหวัด|ชื่อหน่วยงาน|จำนวน|หมายเหตุ
กรุงเทพมหานคร|โรงพยาบาลศิริราช|2300|ข้อมูลปีที่ผ่านมา
เชียงใหม่|มหาวิทยาลัยเชียงใหม่|4100|เข้าชมฟรี
ขอนแก่น|ห้องสมุดประชาชน|35|เปิดทุกวัน
ภูเก็ต|สำนักงานเทศบาล|120|รอการยืนยัน
นครราชสีมา|ตลาดกลาง|58|ปิดวันจันทร์
""",
    ),
    Language(
        "Vietnamese",
        ("cp1258",),
        """
Thành phố|Tên cơ quan|Số lượng|Ghi chú
Hà Nội|Bệnh viện Bạch Mai|1900|Số liệu năm ngoái
Đà Nẵng|Trường đại học Đà Nẵng|2400|Vào cửa tự do
Huế|Thư viện tổng hợp|60|Mở cửa hàng ngày
Cần Thơ|Chợ trung tâm|75|Đang chờ xác nhận
Hải Phòng|Bảo tàng thành phố|42|Đóng cửa thứ hai
""",
    ),
    Language(
        "German",
        (*_WEST, "cp437", "cp500", "cp273"),
        """
Ort|Einrichtung|Beschäftigte|Bemerkung
München|Städtisches Klinikum|1540|Zahlen des Vorjahres
Köln|Universität zu Köln|3200|Eintritt für Schüler frei
Düsseldorf|Landesbibliothek|85|Täglich außer Sonntag geöffnet
Nürnberg|Germanisches Museum|42|Öffnungszeiten ändern sich
Lübeck|Wochenmarkt am Brüggeplatz|18|Größe der Fläche geprüft
""",
    ),
    Language(
        "French",
        (*_WEST, "cp437", "cp863", "cp500"),
        """
Ville|Établissement|Effectif|Remarque
Orléans|Hôpital général|1540|Données de l'année précédente
Besançon|Université de Franche-Comté|3200|Entrée gratuite pour les élèves
Nîmes|Bibliothèque régionale|85|Fermée à l'été
Saint-Étienne|Musée d'art et d'industrie|42|Où se trouve l'accès ?
Évreux|Marché couvert|18|Déjà contrôlé ça et là
""",
    ),
    Language(
        "Spanish",
        (*_WEST, "cp437"),
        """
Ciudad|Institución|Plantilla|Observación
Málaga|Hospital Clínico Universitario|1540|Datos del año pasado
León|Biblioteca pública|85|¿Está abierta en verano?
Cádiz|Museo histórico de la ciudad|42|Abierto también los sábados
Logroño|Dirección de Educación|120|Señal pendiente de revisión
A Coruña|Mercado de abastos|33|Teléfono según la guía
""",
    ),
    Language(
        "Portuguese",
        (*_WEST, "cp860"),
        """
Cidade|Instituição|Funcionários|Observação
São Paulo|Hospital das Clínicas|3100|Dados do ano passado
Brasília|Câmara dos Deputados|1500|Informações em revisão
Goiânia|Secretaria de Educação|220|Não há atualização
Belém|Museu Histórico da Amazônia|47|Aberto também às segundas
Coimbra|Universidade de Coimbra|1900|Entrada grátis até às três
""",
    ),
    Language(
        "Italian",
        _WEST,
        """
Città|Struttura|Dipendenti|Note
Forlì|Università di Bologna|900|La sede è chiusa perché in restauro
Cefalù|Museo della città|21|Attività sospesa fino a lunedì
Mondovì|Biblioteca civica|14|Qualità dei dati già verificata
L'Aquila|Ospedale San Salvatore|1100|Più di cento posti letto
""",
    ),
    Language(
        "Swedish",
        (*_WEST, "cp865"),
        """
Ort|Verksamhet|Antal|Anmärkning
Göteborg|Sahlgrenska sjukhuset|2100|Uppgifter från förra året
Malmö|Högskolan på gränsen|640|Öppet även på lördagar
Umeå|Stadsbiblioteket|38|Stängt under våren
Växjö|Länsmuseet för Småland|22|Många besökare på hösten
""",
    ),
    Language(
        "Danish and Norwegian",
        (*_WEST, "cp865"),
        """
By|Virksomhed|Antal|Bemærkning
København|Rigshospitalet på Østerbro|2100|Tal fra forrige år
Ålborg|Universitetsbiblioteket|640|Åbent hele året
Tromsø|Sykehuset nord|38|Også åpent på søndager
Ærø|Søfartsmuseet|22|Færgen går hver time
""",
    ),
    Language(
        "Icelandic",
        ("cp1252", "iso8859-1", "mac-iceland", "cp861"),
        """
Staður|Stofnun|Fjöldi|Athugasemd
Reykjavík|Landspítali háskólasjúkrahús|2100|Tölur frá síðasta ári
Akureyri|Háskólinn á Akureyri|640|Opið á laugardögum
Ísafjörður|Bókasafnið|12|Lokað vegna viðgerða
Þórshöfn|Sundlaugin|5|Ævintýri fyrir börn
""",
    ),
    Language(
        "Finnish",
        _WEST,
        """
Paikkakunta|Laitos|Määrä|Huomautus
Jyväskylä|Keski-Suomen keskussairaala|1540|Viime vuoden tiedot
Hämeenlinna|Kaupunginkirjasto|38|Avoinna myös lauantaisin
Seinäjoki|Ympäristövirasto|22|Tiedot päivitetään keväällä
Järvenpää|Työväenopisto|14|Sisäänpääsy ilmainen
""",
    ),
    Language(
        "Polish",
        (*_EAST, "iso8859-16"),
        """
Miasto|Instytucja|Liczba|Uwagi
Łódź|Biblioteka Uniwersytecka|310|Dane za ubiegły rok
Kraków|Szpital imienia świętego Łukasza|1200|Wstęp wolny w każdą środę
Gdańsk|Muzeum Żeglugi|42|Otwarte także w niedzielę
Częstochowa|Urząd Miasta|220|Oczekuje się potwierdzenia
Białystok|Książnica Podlaska|65|Zamknięte z powodu remontu
""",
    ),
    Language(
        "Czech",
        _EAST,
        """
Město|Instituce|Počet|Poznámka
Plzeň|Fakultní nemocnice|2100|Údaje za minulý rok
Brno|Moravská zemská knihovna|310|Otevřeno každý den kromě neděle
České Budějovice|Jihočeská univerzita|900|Čeká se na potvrzení
Liberec|Městské muzeum|22|Vstup zdarma pro žáky
Ústí nad Labem|Krajský úřad|220|Příjezd ze dvora
""",
    ),
    Language(
        "Hungarian",
        _EAST,
        """
Város|Intézmény|Létszám|Megjegyzés
Győr|Petz Aladár Megyei Oktató Kórház|2100|Az előző évi adatok
Szeged|Tudományegyetem|3200|Vasárnap kivételével nyitva
Székesfehérvár|Vörösmarty Könyvtár|85|Még megerősítésre vár
Pécs|Zsolnay Múzeum|42|Diákoknak díjtalan
Kőszeg|Városi hűtőház|18|Felújítás miatt zárva
""",
    ),
    Language(
        "Romanian",
        ("cp1250", "iso8859-16", "iso8859-2", "mac-romanian"),
        """
Oraş|Instituţie|Număr|Observaţii
Bucureşti|Spitalul Universitar de Urgenţă|2100|Datele anului trecut
Iaşi|Universitatea Alexandru Ioan Cuza|1800|Intrarea este gratuită
Braşov|Biblioteca Judeţeană|65|Deschis în fiecare zi
Constanţa|Muzeul de istorie|42|Închis duminică şi luni
""",
    ),
    Language(
        "Croatian",
        (*_EAST, "mac-croatian"),
        """
Grad|Ustanova|Broj|Napomena
Zagreb|Klinički bolnički centar|2100|Podaci za prošlu godinu
Šibenik|Gradska knjižnica|45|Otvoreno svaki dan osim nedjelje
Varaždin|Muzej grada|22|Čeka se potvrda županije
Đakovo|Osnovna škola|60|Ulaz je slobodan za učenike
""",
    ),
    Language(
        "Lithuanian",
        ("cp1257", "iso8859-13", "iso8859-4", "cp775"),
        """
Miestas|Įstaiga|Skaičius|Pastaba
Vilnius|Nacionalinė biblioteka|310|Praėjusių metų duomenys
Šiauliai|Respublikinė ligoninė|900|Įėjimas nemokamas
Panevėžys|Savivaldybės administracija|120|Laukiama patvirtinimo
Klaipėda|Jūrų muziejus|42|Atidaryta kasdien išskyrus pirmadienį
""",
    ),
    Language(
        "Latvian",
        ("cp1257", "iso8859-13", "iso8859-4", "cp775"),
        """
Pilsēta|Iestāde|Skaits|Piezīme
Rīga|Latvijas Nacionālā bibliotēka|310|Iepriekšējā gada dati
Liepāja|Reģionālā slimnīca|900|Ieeja bez maksas
Rēzekne|Pilsētas pašvaldība|120|Gaida apstiprinājumu
Jēkabpils|Vēstures muzejs|22|Atvērts katru dienu izņemot svētdienu
""",
    ),
    Language(
        "Estonian",
        ("cp1257", "iso8859-13", "iso8859-15", "cp775"),
        """
Linn|Asutus|Arv|Märkus
Pärnu|Keskraamatukogu|45|Eelmise aasta andmed
Jõhvi|Põhikool|60|Sissepääs õpilastele tasuta
Võru|Maakonna haigla|220|Ootab kinnitust
Põltsamaa|Köögiviljaturg|12|Avatud iga päev välja arvatud pühapäev
""",
    ),
    Language(
        "Maltese",
        ("iso8859-3",),
        """
Belt|Istituzzjoni|Numru|Nota
Valletta|Il-Librerija Nazzjonali|65|Miftuħ kuljum ħlief il-Ħadd
Żejtun|L-iskola primarja|40|Id-dħul huwa bla ħlas
Għarb|Il-Mużew tal-Folklor|8|Għadu ma ġiex ikkonfermat
Birżebbuġa|Il-klinika|12|Magħluq sa Ġunju
""",
    ),
    Language(
        "Kazakh",
        ("kz1048", "ptcp154"),
        """
Қала|Мекеме|Саны|Ескерту
Алматы|Қазақ ұлттық университеті|3200|Өткен жылғы деректер
Астана|Ұлттық кітапхана|310|Кіру тегін
Шымкент|Қалалық аурухана|900|Күн сайын ашық
Қарағанды|Өнер мұражайы|42|Растауды күтеді
""",
    ),
)

ENCODINGS_OF_UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


def corpus(rows: int = 5) -> Iterator[tuple[str, str, str, bytes]]:
    """All tables in all of their encodings, but for what one can't hold: language, encoding, text, bytes."""
    for language in LANGUAGES:
        text = language.table(rows)
        for encoding in (*language.encodings, *ENCODINGS_OF_UNICODE):
            try:
                content = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            yield language.name, encoding, text, content
