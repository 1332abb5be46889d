"""Small tables of an encyclopedia's kind, made up, and questions about them in English."""

from __future__ import annotations

TABLES = {
    "league": """\
Pos|Team|City|Pld|W|D|L|GF|GA|Pts
1st|Harbour Rovers|Port Ellis|18|13|3|2|41|15|42
2nd|Alder United|Alder|18|12|2|4|36|20|38
3rd|FC Norrland|Umbra|18|9|5|4|30|19|32
4th|Quarry Town|Stonefield|18|8|4|6|27|25|28
5th|Mill Lane Athletic|Alder|18|5|6|7|20|26|21
6th|Stonefield Wanderers|Stonefield|18|3|5|10|18|34|14
""",
    "matches": """\
Date|Opponent|Venue|Result|Score|Attendance|Scorers
4 March 2011|Canada|Port Ellis|Won|3–1|12,450|Ames (2), Boyd
18 March 2011|Italy|Rome, Italy|Lost|0–2|31,200|
2 April 2011|Canada|Toronto, Canada|Drawn|1–1|18,007|Boyd
9 June 2012|France|Port Ellis|Won|2–0|14,980|Carr, Ames
1 September 2012|Italy|Port Ellis|Drawn|2–2|15,300|Boyd, Drake
13 October 2013|Norway|Oslo, Norway|Lost|1–4|22,100|Ames
8 November 2013|France|Paris, France|Lost|0–1|40,655|
""",
    "towers": """\
Name|Street|Years as tallest|Height ft (m)
Mill Tower|Low Street|1902–1931|447 (136)
Gate House|High Street|1931–1973|792 (241)
North Point|Low Street|1973–present|803 (245)
""",
    "films": """\
Year|Title|Role|Director|Gross (million)|Notes
1994|The Long Quay|Martha|Lena Fisk|$12.5|
1996|Paper Lanterns|Young Ada|Ove Brand|$3.2|Debut award
1999|North of Nowhere|Sheriff Cole|Lena Fisk|$48.0|
2003|Salt|Herself|Ian Moss|$0.9|Documentary
2004|A Winter Ferry|Captain Hale|Lena Fisk|$27.4|
2010|The Cartographer|Ines|Paul Okoro|$61.3|Nominated
""",
    "runners": """\
Rank|Lane|Name|Nationality|Time|Notes
1|4|Joana Reis|Portugal|2:01.35|Q
2|5|Marit Dahl|Norway|2:01.90|Q
3|2|Kelly Byrne|Ireland|2:02.11|Q
4|7|Ana Sousa|Portugal|2:03.48|
5|1|Yuki Mori|Japan|2:04.02|PB
6|3|Ellen Strand|Norway|2:05.77|
7|6|Tess Doyle|Ireland|2:09.15|
""",
    "bridges": """\
Bridge|River|Country|Length|Opened|Type
Old Span|Ister|Austria|1,250 ft (381 m)|1898|Arch
King's Crossing|Tam|Norland|4,410 ft (1,344 m)|1931|Suspension
Salmon Bridge|Tam|Norland|980 ft (299 m)|1954|Cantilever
Victory Bridge|Ister|Hungary|2,300 ft (701 m)|1963|Suspension
Delta Link|Orso|Italy|6,105 ft (1,861 m)|1998|Cable-stayed
Harvest Bridge|Orso|Italy|1,870 ft (570 m)|2007|Arch
""",
    "areas": """\
Region|Area (km²)|Population (2011)|Founded
Northmark|1,200|40,500|1880
Eastfold|800|22,000|1901
Lowmere|500|12,500|1913
TOTAL MAINLAND|2,500|75,000|
ISLANDS|||
Gannet Isle|60|900|1922
Skarra|40|350|1930
TOTAL ISLANDS|100|1,250|
""",
    "terms": """\
Mayor|Party|Term
Ole Lind|Union|1988–1991
Anna Berg|Reform|1991–1999
Kari Moe|Union|1999–present
""",
    "stages": """\
Rank|Rider|Team|Time
1|Nils Dahl (NOR)|Ridge|4h 02' 10"
2|Ola Moen (NOR)|Copper|+ 12"
3|Piero Conti (ITA)|Ridge|+ 40"
4|Tomas Vega (ESP)|Delta|+ 51"
5|Lars Berge (NOR)|Delta|+ 58"
6|Marco Russo (ITA)|Copper|+ 1' 20"
""",
    "roster": """\
#|Player|Height|Pos|Class|Hometown
3|Cal Dent|6'9"|F|Fr.|Tulsa, OK
5|Ray Hollis|6'4"|G|Sr.|Mobile, AL
8|Joe Marsh|6'11"|C|Jr.|Austin, TX
12|Sam Pruitt|5'10"|G|Fr.|Selma, AL
21|Lee Vance|6'8"|F|So.|Boise, ID
""",
    "records": """\
Year|Album|Rating
1988|Low Tide~~Released: May 2, 1988~Label: Harbour|74
1991|Glass Hill~~Released: June 1, 1991~Label: Harbour|86
1991|Winter Songs~~Released: October 9, 1991~Label: Nord|16
1997|The Mill~~Released: March 3, 1997~Label: Nord|23
2001|Paper Moon~~Released: March 9, 2001~Label: Nord|31
""",
    "schools": """\
School|Cup appearances|Cup best finish
Ashby|4~(last: 1958)|2nd~(1956)
Corley|1~(last: 1958)|5th~(1958)
Dunmore|5~(last: 1957)|5th~(1955)
Fenwick|3~(last: 1958)|2nd~(1955)
""",
    "trams": """\
Tramway|Country|Introduced|Price
Cross Aerial Tramway|France|March 1955|$1.2 million
Nord Tramway|France|2003|$0.8 million
Peak Aerial Tramway|Austria|May 2003|$2.5 million
Port Tramway|Italy|June 2010|$1.9 million
""",
    "transfers": """\
Name|Party|Moved from|Fee|Notes
Ivo Lanz|SDP|Porto|£0.67m|Lost his first match, then won three in a row
Dan Petrov|Union of the SDP|Dundee|Free|Trained with the second team until the winter
Ken Orsi|SDP, Greens|Bologna|£0.25m|Lost
Sven Ek|Greens|Rovers|£0.20m|Won the cup with his new club in the first season
Tom Hale|Liberals|Cannes|Free|Signed on the last day of the window
""",
    "shows": """\
Air date|Title (original title)|Episodes
19 Feb-~15 Mar|Second Wind~Andre Vind|20
18 Mar-~3 May|Grey Tales~Graa Historier|35
6 May-~31 May|Good Neighbours~Gode Naboer|15
""",
}

# (table, question, answers)
ANSWERED = [
    ("league", "which team won the most games?", ["Harbour Rovers"]),
    ("league", "which team has the fewest points?", ["Stonefield Wanderers"]),
    ("league", "how many points did quarry town have?", ["28"]),
    ("league", "how many teams are from alder?", ["2"]),
    ("league", "what is the difference in points between alder united and fc norrland?", ["6"]),
    ("league", "which team finished 3rd?", ["FC Norrland"]),
    ("league", "what team is listed after fc norrland?", ["Quarry Town"]),
    ("league", "what team is listed before fc norrland?", ["Alder United"]),
    ("league", "who had more losses, quarry town or mill lane athletic?", ["Mill Lane Athletic"]),
    ("league", "how many teams have at least 30 points?", ["3"]),
    ("league", "other than quarry town, which team is from stonefield?", ["Stonefield Wanderers"]),
    ("league", "what is the first team listed?", ["Harbour Rovers"]),
    ("league", "what is the last team on the table?", ["Stonefield Wanderers"]),
    ("league", "how many draws did fc norrland have?", ["5"]),
    ("league", "what is the total number of teams?", ["6"]),
    ("matches", "what was the attendance on 9 june 2012?", ["14,980"]),
    ("matches", "who was the opponent in the game with the highest attendance?", ["France"]),
    ("matches", "how many games were won?", ["2"]),
    ("matches", "how many matches were played in port ellis?", ["3"]),
    ("matches", "what was the score of the first match against canada?", ["3–1"]),
    ("matches", "how many games were lost?", ["3"]),
    ("matches", "how many matches took place in 2013?", ["2"]),
    ("matches", "which date had the least attendance?", ["4 March 2011"]),
    ("matches", "how many matches had an attendance of more than 20,000?", ["3"]),
    ("matches", "who was the last opponent?", ["France"]),
    ("matches", "what is the difference in attendance between 13 october 2013 and 4 march 2011?", ["9650"]),
    ("matches", "how many matches were played before 2012?", ["3"]),
    ("matches", "what is the total attendance of the matches in port ellis?", ["42730"]),
    ("matches", "when was the match against norway?", ["13 October 2013"]),
    ("films", "who directed paper lanterns?", ["Ove Brand"]),
    ("films", "how many films did lena fisk direct?", ["3"]),
    ("films", "in what year was the cartographer released?", ["2010"]),
    ("films", "which film had the highest gross?", ["The Cartographer"]),
    ("films", "what film was released after salt?", ["A Winter Ferry"]),
    ("films", "what was the role in north of nowhere?", ["Sheriff Cole"]),
    ("films", "how many films were released after 2000?", ["3"]),
    ("films", "how many films were released in the 1990s?", ["3"]),
    ("films", "what is the first film?", ["The Long Quay"]),
    ("films", "which film came out in 1999?", ["North of Nowhere"]),
    ("films", "how many different directors are there?", ["4"]),
    ("runners", "who was faster, marit dahl or yuki mori?", ["Marit Dahl"]),
    ("runners", "what was the time of kelly byrne?", ["2:02.11"]),
    ("runners", "how many runners are from portugal?", ["2"]),
    ("runners", "who ranked right after kelly byrne?", ["Ana Sousa"]),
    ("runners", "which runner had the slowest time?", ["Tess Doyle"]),
    ("runners", "what nationality is yuki mori?", ["Japan"]),
    ("runners", "who finished in 2nd place?", ["Marit Dahl"]),
    ("runners", "how many norwegian runners are there?", ["2"]),
    ("runners", "besides ellen strand, who is from norway?", ["Marit Dahl"]),
    ("runners", "which runner ran in lane 7?", ["Ana Sousa"]),
    ("bridges", "which bridge is the longest?", ["Delta Link"]),
    ("bridges", "how many bridges cross the tam?", ["2"]),
    ("bridges", "which bridge opened first?", ["Old Span"]),
    ("bridges", "how many bridges are longer than 2,000 ft?", ["3"]),
    ("bridges", "which is longer, old span or harvest bridge?", ["Harvest Bridge"]),
    ("bridges", "how many years after salmon bridge was victory bridge opened?", ["9"]),
    ("bridges", "which country has the most bridges?", ["Norland", "Italy"]),
    ("bridges", "name a suspension bridge.", ["King's Crossing"]),
    ("bridges", "is king's crossing longer than delta link?", ["no"]),
    ("bridges", "which other bridge is of the same type as old span?", ["Harvest Bridge"]),
    ("bridges", "how many bridges are listed after victory bridge?", ["2"]),
    ("bridges", "what is the second longest bridge?", ["King's Crossing"]),
    ("league", "does alder united have more or less points than fc norrland?", ["more"]),
    ("league", "did fc norrland lose fewer or more games than harbour rovers?", ["more"]),
    ("league", "are there at least 7 teams on the table?", ["no"]),
    ("league", "are there more or less than 10 teams?", ["less"]),
    ("league", "is quarry town listed above or below fc norrland?", ["below"]),
    ("league", "does mill lane athletic have more than 20 points?", ["yes"]),
    ("league", "is quarry town from alder?", ["no"]),
    ("league", "how many of the top 3 teams are from alder?", ["1"]),
    ("matches", "who was the opponent on september 1, 2012?", ["Italy"]),
    ("matches", "how many matches were played after 9 june 2012?", ["3"]),
    ("matches", "how many matches were played before september 1st, 2012?", ["4"]),
    ("matches", "how many matches were played in november 2013?", ["1"]),
    ("films", "was salt released before or after paper lanterns?", ["after"]),
    ("runners", "which runners finished in less than 2:02?", ["Joana Reis", "Marit Dahl"]),
    ("runners", "is yuki mori of the same nationality as ellen strand?", ["no"]),
    ("bridges", "which has a length less than 1,000 ft?", ["Salmon Bridge"]),
    ("bridges", "how long is the salmon bridge?", ["980 ft (299 m)"]),
    ("bridges", "name a bridge of the same type as king's crossing.", ["Victory Bridge"]),
    ("matches", "which month had the most matches?", ["March"]),
    ("matches", "which year had the most matches?", ["2011"]),
    ("matches", "which opponents were faced more than once?", ["Canada", "Italy", "France"]),
    ("matches", "how many opponents were faced only once?", ["1"]),
    ("films", "which director directed at least 3 times?", ["Lena Fisk"]),
    ("films", "which films have no notes?", ["The Long Quay", "North of Nowhere", "A Winter Ferry"]),
    ("league", "which team has the next highest points after alder united?", ["FC Norrland"]),
    ("bridges", "what is the next longest bridge after king's crossing?", ["Victory Bridge"]),
    ("bridges", "what is the longest bridge?", ["Delta Link"]),
    ("runners", "what nationality is ellen strnad?", ["Norway"]),
    ("terms", "how long did anna berg serve?", ["8 years"]),
    ("terms", "how many years did ole lind serve?", ["3"]),
    ("areas", "which region has the least population?", ["Skarra"]),
    ("areas", "what is the total population of all 5 regions?", ["76250"]),
    ("areas", "what is the number of people living in lowmere in 2011?", ["12,500"]),
    ("matches", "what is the longest losing streak?", ["2"]),
    ("matches", "how many games in a row were lost?", ["2"]),
    ("matches", "what is the largest number of consecutive losses?", ["2"]),
    ("matches", "how many days passed between 4 march 2011 and 18 march 2011?", ["14 days"]),
    ("towers", "what is the height of gate house?", ["792 (241)"]),
    ("stages", "which country had the most riders?", ["Norway"]),
    ("stages", "how many riders are from italy?", ["2"]),
    ("stages", "how many spanish riders are there?", ["1"]),
    ("stages", "how many different countries are there?", ["3"]),
    ("stages", "what is the nationality of tomas vega?", ["Spain"]),
    ("stages", "how long did it take nils dahl to finish?", ["4h 02' 10\""]),
    ("stages", "how many riders are between ola moen and lars berge?", ["2"]),
    ("roster", "how many forwards are on the team?", ["2"]),
    ("roster", "how many players come from alabama?", ["2"]),
    ("roster", "how many freshmen are there?", ["2"]),
    ("roster", "who is the tallest player?", ["Joe Marsh"]),
    ("roster", "which players are shorter than 6'5\"?", ["Ray Hollis", "Sam Pruitt"]),
    ("roster", "how many players have a name that starts with the letter s?", ["1"]),
    ("records", "what album came out after glass hill?", ["Winter Songs"]),
    ("records", "how many albums are listed from 1991?", ["2"]),
    ("records", "how many albums are from 1991 on?", ["4"]),
    ("records", "what year comes after 1991?", ["1997"]),
    ("records", "were any albums released before 1988?", ["no"]),
    ("records", "were there any albums released after 2000?", ["yes"]),
    ("schools", "which schools came in 2nd for cup best finish?", ["Ashby", "Fenwick"]),
    ("schools", "does ashby or corley have more cup appearances?", ["Ashby"]),
    ("schools", "which schools came in last place in the cup best finish?", ["Corley", "Dunmore"]),
    ("trams", "how many aerial tramways are located in france?", ["2"]),
    ("trams", "how many tramways were introduced in 2003?", ["2"]),
    ("trams", "how many tramways had a price of at least $1.9 million?", ["2"]),
    ("trams", "was the nord tramway introduced before the port tramway?", ["yes"]),
    ("films", "which director directed a total of 3 times?", ["Lena Fisk"]),
    ("towers", "how tall is gate house in metres?", ["241"]),
    ("towers", "how tall is north point in feet?", ["803"]),
    ("towers", "how many towers are taller than 240 meters?", ["2"]),
    ("areas", "which region ranks first in population?", ["Northmark"]),
    ("transfers", "which player had the highest fee?", ["Ivo Lanz"]),
    ("transfers", "how many players were of the sdp party?", ["2"]),
    ("transfers", "how many of the notes say lost?", ["2"]),
    ("shows", "what was the last show to air?", ["Good Neighbours Gode Naboer"]),
    ("matches", "what is the next date after 4 march 2011?", ["18 March 2011"]),
    ("matches", "how many matches were played from 10 march 2011 to 9 june 2012?", ["3"]),
    ("matches", "how many matches were played between 9 june 2012 and 13 october 2013?", ["3"]),
]

NOT_ANSWERED = [
    ("matches", "how many months passed between 4 march 2011 and 2 april 2011?"),
    ("matches", "how many days between the games against canada and norway?"),
    ("matches", "how long after the game against norway was the next game?"),
    ("matches", "who had the longest losing streak?"),
    ("league", "who is the coach of fc norrland?"),
    ("league", "what is the stadium capacity of alder united?"),
    ("matches", "who was the referee in the match against norway?"),
    ("matches", "what was the weather like on 9 june 2012?"),
    ("films", "what is the running time of the cartographer?"),
    ("runners", "how old is kelly byrne?"),
    ("bridges", "who designed the delta link?"),
    ("bridges", "what is the toll on victory bridge?"),
    ("bridges", "how many countries does delta link have?"),
    ("terms", "how long did kari moe serve?"),
    ("terms", "how many votes does anna berg have?"),
    ("matches", "which match had a score of more than 2?"),
    ("matches", "what is the difference in date between 4 march 2011 and 2 april 2011?"),
    ("bridges", "what was the longest bridge after victory bridge?"),
    ("league", "who was faster, harbour rovers or quarry town?"),
    ("runners", "does yuki mori come before or after?"),
    ("bridges", "hello"),
    ("stages", "which country had the rider with the least amount of points?"),
    ("terms", "how long was anna berg mayor, including her second term?"),
    ("runners", "what lane did joana reis run in with the same notes as marit dahl?"),
]
